"""Options that several commands share, and how their values are read."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from monitor.errors import UserError

SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", "-c", help="monitor.yaml; else DEMARCHE_SETTINGS, else ./monitor.yaml, else defaults"),
]
OwnRules = Annotated[
    Path | None,
    typer.Option("--rules", help="a folder of your own rules, laid over ours; else `rules.folder` of the settings"),
]

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def duration(text: str) -> timedelta:
    """`90s`, `30m`, `8h`, `14d` or `2w` as a time span. Raises `UserError`."""
    match = re.fullmatch(r"(\d{1,6})([smhdw])", text.strip())
    if not match:
        raise UserError(f"{text!r} is no time span; write 90s, 30m, 8h, 14d or 2w")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
