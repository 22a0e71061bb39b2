"""For those who receive the generic webhook: the schema of its body, a sample of each type, and a receiver."""
