"""Figures that anybody can take: `python -m tests.bench.NAME`."""
