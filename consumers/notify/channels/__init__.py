"""One module for each type of destination: how a letter looks there, and what its replies mean."""
