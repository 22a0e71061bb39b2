"""Docs that can fail: what they name is there."""
