"""Parts of rules and signals in words, for people."""

from collections.abc import Iterable, Sequence

from consumers.classify.workbench.trial import Triple
from monitor.message.report import Signal


def said(triples: Iterable[Triple]) -> str:
    """What was told: "NOR > RUS occurred; NOR > ? planned"; "nothing" where there is none."""
    shown = sorted(f"{source or '?'} > {target or '?'} {modality}" for source, target, modality in triples)
    return "; ".join(shown) or "nothing"


def triples(signals: Sequence[Signal]) -> list[Triple]:
    return [(signal.source, signal.target, signal.modality) for signal in signals]
