"""The whole program, from a feed to an alert, as a user runs it."""
