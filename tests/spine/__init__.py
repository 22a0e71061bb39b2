"""What all stages rest on."""
