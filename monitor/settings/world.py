"""Regions of the world and members of bodies, as the rules state them."""

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

import consumers
from consumers.notify.match import Membership, World
from monitor.yaml_file import read_yaml, validated


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Region(_Data):
    name: str
    states: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


class _Regions(_Data):
    regions: dict[str, _Region]


class _Member(_Data):
    state: str
    since: date | None = None
    until: date | None = None


class _Bodies(_Data):
    bodies: dict[str, tuple[_Member | str, ...]]


@cache
def read_world() -> World:
    """From `rules/regions.yaml` and `rules/memberships.yaml`. Raises `Faults`."""
    folder = Path(consumers.__file__).parent.parent / "rules"
    return world_of(*((str(path), path.read_text(encoding="utf-8")) for path in _files(folder)))


def world_of(regions: tuple[str, str], bodies: tuple[str, str]) -> World:
    """The same from name and text of either file."""
    table = validated(_Regions, regions[0], read_yaml(*regions)).regions
    found: dict[str, frozenset[str]] = {}
    for code, region in table.items():
        found[code.casefold()] = found[region.name.casefold()] = _states(table, region)
    members = validated(_Bodies, bodies[0], read_yaml(*bodies)).bodies
    return World(found, {body: tuple(_membership(one) for one in all_) for body, all_ in members.items()})


def _files(folder: Path) -> tuple[Path, Path]:
    return folder / "regions.yaml", folder / "memberships.yaml"


def _states(table: dict[str, _Region], region: _Region) -> frozenset[str]:
    below = (_states(table, table[code]) for code in region.regions)
    return frozenset(region.states).union(*below)


def _membership(one: _Member | str) -> Membership:
    return Membership(one) if isinstance(one, str) else Membership(one.state, one.since, one.until)
