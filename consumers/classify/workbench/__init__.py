"""What an author of rules works with: proofs, faults, figures, words. Pure; the commands show what it finds."""
