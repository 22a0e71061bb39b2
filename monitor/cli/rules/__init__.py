"""`demarche rules`: the workbench of one who writes rules."""

import typer

from monitor.cli.rules import lint, prove, score, show, start

rules = typer.Typer(name="rules", no_args_is_help=True, help="Read, write, try and measure rules.")
for module in (show, prove, lint, score, start):
    module.register(rules)


def register(app: typer.Typer) -> None:
    """Add the group to the program."""
    app.add_typer(rules)
