"""Correlation rules of an operator: the folder `correlations/` of rules, read with the kinds and actors in force."""

from collections.abc import Iterable, Mapping, Sequence

from consumers.classify import PackText
from consumers.classify.source import CORRELATIONS
from consumers.correlate.pattern.file import Codes, Written, read_patterns
from consumers.correlate.pattern.rule import Pattern
from monitor.errors import Fault, Faults
from monitor.message.kind import Kinds


def read_correlations(
    packs: Iterable[PackText], kinds: Kinds, names: Mapping[str, str]
) -> tuple[list[Written], list[Fault]]:
    """Those among the files of rules, and all that is wrong with them."""
    files = [(pack.name, pack.text) for pack in packs if pack.path.startswith(f"{CORRELATIONS}/")]
    return read_patterns(files, Codes(kinds, names))


def patterns(packs: Iterable[PackText], kinds: Kinds, names: Mapping[str, str]) -> Sequence[Pattern]:
    """What correlate is made with. Raises `Faults`."""
    found, faults = read_correlations(packs, kinds, names)
    if faults:
        raise Faults(faults)
    return [written.pattern for written in found]
