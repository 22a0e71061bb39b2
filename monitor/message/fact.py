"""A fact: what a step decided, for the log, the metrics and the trace. Steps return facts; only the loop logs them."""

from collections.abc import Mapping
from typing import Any

import msgspec


class Fact(msgspec.Struct, frozen=True):
    """`event` is a fixed `noun.verb`; `fields` are its keys and values; `lines` are logged only where it is true."""

    event: str
    fields: Mapping[str, Any] = {}
    level: str = "info"  # debug, info, warning, error
    counted: bool = False  # counted in metrics, not logged line by line
