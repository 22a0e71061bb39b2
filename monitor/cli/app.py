"""`demarche`: the program, and what all its commands share."""

import sys

import typer

from monitor.cli import alerts, backtest, check, classify, dead, deliveries, orders, parse, run, tail, trace
from monitor.errors import UserError

app = typer.Typer(name="demarche", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for module in (run, tail, trace, check, dead, classify, parse, backtest, alerts, deliveries, orders):
    module.register(app)


@app.callback()
def program() -> None:
    """Watch news feeds for governments that escalate against one another, and send one alert for each act."""


def main() -> None:
    """Run the program; a fault of the user's ends it with one clear message and status 1."""
    try:
        app()
    except UserError as fault:
        sys.stderr.write(f"{fault}\n")
        sys.exit(1)
