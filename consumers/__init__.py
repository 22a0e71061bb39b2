"""What is made of items: classify, correlate, notify."""
