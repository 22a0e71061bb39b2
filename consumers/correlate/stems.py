"""The words of a text that tell one act of two states from another."""

from collections.abc import Mapping, Sequence, Set

from consumers.correlate.policy import Policy
from consumers.correlate.unit import Direction
from monitor.message.terms import name_stems, terms


class Stems:
    """Leaves out words of the trade, and the two states' own names."""

    def __init__(self, policy: Policy, names: Mapping[str, str]) -> None:
        self._policy, self._names = policy, names
        self._known: dict[str, Set[str]] = {}

    def telling(self, direction: Direction, words: Sequence[str]) -> tuple[str, ...]:
        """Those of `words` that are left."""
        common, (source, target) = self._policy.common_terms, direction
        mine, theirs = self._of(source), self._of(target)
        return tuple(word for word in words if word not in common and word not in mine and word not in theirs)

    def _of(self, code: str | None) -> Set[str]:
        if code is None:
            return frozenset()
        stems = self._known.get(code)
        if stems is None:
            others = terms(self._policy.other_names.get(code, ""))
            stems = self._known[code] = name_stems(self._names.get(code, code)) | frozenset(others)
        return stems
