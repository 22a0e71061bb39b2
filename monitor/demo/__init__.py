"""`demarche demo`: a week of news of our own making, served on loopback and played in a minute."""
