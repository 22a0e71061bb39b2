"""Tables, as wide as the terminal; in a pipe as wide as they are."""

import sys

from rich.console import Console
from rich.table import Table

_PIPED = 200  # columns; a longer cell is folded


def show_table(table: Table) -> None:
    """Print a table to standard output."""
    console = Console() if sys.stdout.isatty() else Console(width=_PIPED)
    console.print(table)
