"""Kinds of diplomatic act, their levels, and how an item may speak of them.

The kinds themselves are data (`rules/kinds.yaml`), so that an operator may add one or move its level.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self

import msgspec


class Level(StrEnum):
    """How much an act matters, from `INFO` to `CRITICAL`; levels compare by `rank`."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return _RANKS[self]

    def lower(self) -> Self:
        """One level down; `INFO` stays."""
        return type(self)(_ORDER[max(self.rank - 1, 0)])


_ORDER = [Level.INFO, Level.LOW, Level.MEDIUM, Level.HIGH, Level.CRITICAL]
_RANKS = {level: rank for rank, level in enumerate(_ORDER)}


class Modality(StrEnum):
    """How an item speaks of an act; only `OCCURRED` and `PLANNED` alert."""

    OCCURRED = "occurred"
    PLANNED = "planned"
    URGED = "urged"
    DENIED = "denied"
    BACKGROUND = "background"


class Scope(StrEnum):
    """Of sanctions: persons and firms (`LISTING`), or a sector, a ban, a head of state (`MEASURE`)."""

    LISTING = "listing"
    MEASURE = "measure"


class Kind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of act. `weight` runs from -10 to +10 on the scale of Goldstein (1992) for CAMEO codes."""

    id: str
    title: str
    level: Level
    weight: float
    cameo: tuple[str, ...] = ()
    family: str = ""  # kinds that tell of one act at different depth; the id itself where empty
    symmetric: bool = False  # the pair counts in either order
    site: bool = False  # direction is host and mission, and moves no ladder
    envoy: bool = False  # an act between missions: never held back as routine, in a row or by a cap
    lasting: bool = False  # it holds until it is taken back: told again, it is the same act
    includes: tuple[str, ...] = ()  # kinds that are part of this one where one item tells of both
    serial: bool = False  # done to one target many times over: told in other words, it is another act
    conditional: bool = False  # acts that are planned in the same breath are what is threatened
    deescalates: bool = False
    reverses: tuple[str, ...] = ()  # kinds that this one takes back
    scope_levels: Mapping[Scope, Level] = {}
    sentences: Mapping[str, str] = {}  # variant -> template, see message/wording.py


class Unnamed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How actors are called that an item does not name."""

    source: str = ""
    target: str = ""


class Kinds(msgspec.Struct, frozen=True):
    """The table of kinds."""

    by_id: Mapping[str, Kind]
    unnamed: Unnamed = Unnamed()

    def level(self, kind: str, scope: Scope | None, modality: Modality) -> Level:
        """The level at which this act would be told: of its kind and scope, one lower while it is planned."""
        entry = self.by_id[kind]
        level = entry.scope_levels.get(scope or Scope.LISTING, entry.level)
        return level.lower() if modality is Modality.PLANNED else level

    def family(self, kind: str) -> str:
        return self.by_id[kind].family or kind


class KindsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kinds: tuple[Kind, ...]
    unnamed: Unnamed = Unnamed()


def kinds_from(table: object) -> Kinds:
    """The kinds from the content of `rules/kinds.yaml`, already parsed. Raises `msgspec.ValidationError`."""
    read = msgspec.convert(table, KindsFile)
    return Kinds({kind.id: kind for kind in read.kinds}, read.unnamed)
