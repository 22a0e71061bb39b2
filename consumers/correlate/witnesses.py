"""Who tells of an incident: outlets, wire copies counted once. Worked out when somebody asks, for copies are dear."""

from dataclasses import dataclass, field

from consumers.correlate.copies import is_copy
from monitor.message.incident import Claim

_COUNTED = 12  # independent outlets; past that many, more say nothing


@dataclass(slots=True)
class Witnesses:
    """Claims that tell of an act, in the order in which they came."""

    _waiting: list[Claim] = field(default_factory=list)
    _independent: list[Claim] = field(default_factory=list)
    _outlets: set[str] = field(default_factory=set)
    _official: bool = False

    def add(self, claim: Claim) -> None:
        """Hear one more."""
        self._waiting.append(claim)

    @property
    def independent(self) -> list[Claim]:
        """One claim for each outlet, copies left out."""
        self._count()
        return self._independent

    @property
    def outlets(self) -> set[str]:
        """All outlets."""
        self._count()
        return self._outlets

    @property
    def official(self) -> bool:
        """Whether the acting government's own page is among them."""
        self._count()
        return self._official

    def _count(self) -> None:
        for claim in self._waiting:
            self._official = self._official or claim.official
            if claim.outlet in self._outlets:
                continue
            self._outlets.add(claim.outlet)
            if len(self._independent) < _COUNTED and not any(is_copy(claim, other) for other in self._independent):
                self._independent.append(claim)
        self._waiting.clear()
