"""What the engine tried, for `explain`: kept only when asked for."""

from dataclasses import dataclass, field

from monitor.message.kind import Modality
from monitor.message.report import Signal


@dataclass(frozen=True, slots=True)
class Attempt:
    """One act that was tried at one place.

    `failed` is the part that failed first (`object`, `source`, `unless` ...), "" where the act matched; `why` says
    it in words. `words` are the words of each part found, as (part, text, start, end) in the sentence: the act, the
    source, the target, and the cue that turned the modality. `source`, `target` and `modality` are what a match gave.
    """

    act: str
    kind: str
    sentence: str
    part: str
    failed: str
    why: str
    words: tuple[tuple[str, str, int, int], ...] = ()
    status: str = ""  # the cue that turned the modality
    source: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    modality: Modality | None = None


@dataclass(slots=True)
class Trace:
    """All attempts on one item, and what came of them."""

    attempts: list[Attempt] = field(default_factory=list)
    signals: tuple[Signal, ...] = ()
    gate: str = ""  # why the gate let the item in, or not
