"""`demarche`: the program, and what all its commands share."""

import sys
from collections.abc import Sequence
from typing import NoReturn

import typer

from monitor.cli import (
    alerts,
    backtest,
    check,
    classify,
    dead,
    deliveries,
    explain,
    feeds,
    incidents,
    migrate,
    orders,
    parse,
    rules,
    run,
    tail,
    trace,
)
from monitor.errors import MonitorError
from monitor.logs import configure

app = typer.Typer(name="demarche", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for module in (
    run,
    feeds,
    tail,
    trace,
    check,
    dead,
    classify,
    explain,
    parse,
    backtest,
    incidents,
    alerts,
    deliveries,
    orders,
    rules,
    migrate,
):
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
    except MonitorError as fault:
        _end_with([fault])
    except BaseExceptionGroup as several:
        known, rest = several.split(MonitorError)
        if known is None or rest is not None:
            raise
        _end_with(_leaves(known))


def _end_with(faults: Sequence[BaseException]) -> NoReturn:
    sys.stderr.write("".join(f"{text}\n" for text in dict.fromkeys(str(fault) for fault in faults)))
    sys.exit(1)


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for one in group.exceptions:
        found += _leaves(one) if isinstance(one, BaseExceptionGroup) else [one]
    return found
