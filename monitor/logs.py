"""The structured log: one line for each thing that happened, as JSON in a pipe and in colour on a terminal."""

import logging
import sys
from typing import TextIO

import structlog

from monitor.message.fact import Fact

# Without the values of variables: among them are URLs with passwords, and webhooks.
_tracebacks = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))

Logger = structlog.typing.FilteringBoundLogger


def configure(level: str = "info", stream: TextIO | None = None, form: str = "auto") -> None:
    """Set up logging for the process. `form` is `json`, `text`, or `auto`: text where `stream` is a terminal."""
    out = stream or sys.stdout
    on_terminal = form == "text" or (form == "auto" and out.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)]
        if on_terminal
        else [_tracebacks, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )


def logger(**bound: object) -> Logger:
    """A logger that adds `bound` to each of its lines."""
    log: Logger = structlog.get_logger().bind(**bound)
    return log


def log_fact(log: Logger, fact: Fact) -> None:
    """Write a fact as one line, unless it is only counted."""
    if not fact.counted:
        getattr(log, fact.level)(fact.event, **fact.fields)
