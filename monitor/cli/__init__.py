"""The commands. Each module here holds one group; none holds logic."""

from monitor.cli.app import main

__all__ = ["main"]
