"""`demarche`: the program, and what all its commands share."""

import sys

import typer

from monitor.cli import backtest, check, classify, dead, parse, run, tail, trace
from monitor.errors import UserError
from monitor.logs import configure

app = typer.Typer(name="demarche", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for module in (run, tail, trace, check, dead, classify, parse, backtest):
    module.register(app)


@app.callback()
def program() -> None:
    """Watch news feeds for governments that escalate against one another, and send one alert for each act."""
    configure("warning", sys.stderr)  # standard output is for data; `run` logs there


def main() -> None:
    """Run the program; a fault of the user's ends it with one clear message and status 1."""
    if not __debug__:
        sys.stderr.write("demarche: do not run Python with -O: the Kafka client's checks are assertions\n")
        sys.exit(1)
    try:
        app()
    except UserError as fault:
        sys.stderr.write(f"{fault}\n")
        sys.exit(1)
