"""Who tells of an incident: outlets, wire copies counted once. Worked out when somebody asks, for copies are dear."""

from dataclasses import dataclass, field

from consumers.correlate.copies import Sketch, is_copy, unpacked
from monitor.message.incident import Claim

_COUNTED = 12  # independent outlets; past that many, more say nothing


@dataclass(slots=True)
class Witnesses:
    """Claims that tell of an act, in the order in which they came."""

    _waiting: list[Claim] = field(default_factory=list)
    _independent: list[Claim] = field(default_factory=list)
    _sketches: list[Sketch] = field(default_factory=list)  # theirs
    _outlets: set[str] = field(default_factory=set)
    _official: bool = False

    def add(self, claim: Claim) -> None:
        """Hear one more."""
        self._waiting.append(claim)

    @property
    def independent(self) -> list[Claim]:
        """One claim for each outlet, copies left out."""
        if self._waiting:
            self._count()
        return self._independent

    @property
    def outlets(self) -> set[str]:
        """All outlets."""
        if self._waiting:
            self._count()
        return self._outlets

    @property
    def official(self) -> bool:
        """Whether the acting government's own page is among them."""
        if self._waiting:
            self._count()
        return self._official

    def _count(self) -> None:
        for claim in self._waiting:
            self._official = self._official or claim.official
            if claim.outlet in self._outlets:
                continue
            self._outlets.add(claim.outlet)
            if len(self._independent) >= _COUNTED:
                continue
            sketch = unpacked(claim.sketch)
            known = zip(self._independent, self._sketches, strict=True)
            if not any(is_copy(claim, other, sketch, theirs) for other, theirs in known):
                self._independent.append(claim)
                self._sketches.append(sketch)
        self._waiting.clear()
