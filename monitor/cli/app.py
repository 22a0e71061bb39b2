"""`demarche`: the program, and what all its commands share."""

import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import NoReturn

import typer

from monitor.errors import MonitorError
from monitor.logs import configure

# The module that holds each command. Only the one that is asked for is imported: all of them take over a second.
HOMES = {
    "run": "run",
    "demo": "run",
    "tail": "tail",
    "trace": "trace",
    "feeds": "feeds",
    "incidents": "incidents",
    "pairs": "incidents",
    "brief": "incidents",
    "export": "incidents",
    "alerts": "alerts",
    "routes": "alerts",
    "test-alert": "alerts",
    "deliveries": "deliveries",
    "silences": "orders",
    "pause": "orders",
    "resume": "orders",
    "replay": "dead",
    "check": "check",
    "classify": "classify",
    "explain": "explain",
    "parse": "parse",
    "backtest": "backtest",
    "estimate": "estimate",
    "rules": "rules",
    "migrate": "migrate",
    "partitions": "migrate",
    "backup": "backup",
}


def program_of(modules: Iterable[str]) -> typer.Typer:
    """The program with the commands of some modules of this package."""
    app = typer.Typer(name="demarche", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(program)
    for name in dict.fromkeys(modules):
        import_module(f"monitor.cli.{name}").register(app)
    return app


def program() -> None:
    """Watch news feeds for governments that escalate against one another, and send one alert for each act."""
    configure("warning", sys.stderr)  # standard output is for data; `run` logs there


def main() -> None:
    """Run the program; a fault of the user's ends it with one clear message and status 1."""
    if not __debug__:
        sys.stderr.write("demarche: do not run Python with -O: the Kafka client's checks are assertions\n")
        sys.exit(1)
    asked = HOMES.get(sys.argv[1]) if len(sys.argv) > 1 else None
    app = program_of([asked] if asked else HOMES.values())
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
