"""The tables of `rules/` that correlation and wording need: kinds, names, known wars, common words."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec

from monitor.errors import Fault, Faults
from monitor.message.kind import Kinds, kinds_from
from monitor.message.names import english_names
from monitor.message.terms import terms, words_of
from monitor.message.wording import wording_faults
from monitor.yaml_file import read_yaml


class WarRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of `wars.yaml`."""

    sides: tuple[str, str]
    since: date
    until: date | None = None


_Part = Literal["words", "sets", "numbers", "spans"]


@dataclass(frozen=True, slots=True)
class Tables:
    """`names`: code -> English name, CLDR's where `names.yaml` has none. `common_terms`: stems, of all languages."""

    kinds: Kinds
    names: dict[str, str]
    wars: tuple[WarRow, ...]
    other_names: dict[str, str]  # words by which a state shows beside its name
    common_terms: frozenset[str]
    repeat_words: frozenset[str]
    deadlines: dict[str, dict[str, frozenset[str]]]  # language -> what -> words, folded; see `deadlines.yaml`


def read_tables(folder: Path) -> Tables:
    """Read them. Raises `Faults`, all at once."""
    faults: list[Fault] = []
    found: dict[str, Any] = {}
    for name, shape in _SHAPES.items():
        path = folder / name
        try:
            found[name] = shape(_plain(read_yaml(str(path), path.read_text(encoding="utf-8"))))
        except Faults as why:
            faults += why.faults
        except OSError as why:
            faults.append(Fault(str(path), 0, f"cannot be read: {why.strerror}"))
        except msgspec.ValidationError as why:
            faults.append(Fault(str(path), 0, str(why)))
    if "kinds.yaml" in found:
        for kind in found["kinds.yaml"].by_id.values():
            faults += [Fault(str(folder / "kinds.yaml"), 0, text) for text in wording_faults(kind)]
    if faults:
        raise Faults(faults)
    return Tables(
        kinds=found["kinds.yaml"],
        names=english_names() | found["names.yaml"]["names"],
        other_names=found["names.yaml"]["also"],
        wars=found["wars.yaml"]["wars"],
        common_terms=frozenset(
            stem for text in found["common_words.yaml"].values() for stem in terms(text, most=len(text))
        ),
        repeat_words=frozenset(word for text in found["repeats.yaml"].values() for word in words_of(text)),
        deadlines={
            lang: {what: frozenset(words_of(text)) for what, text in parts.items()}
            for lang, parts in found["deadlines.yaml"].items()
        },
    )


_SHAPES: dict[str, Any] = {
    "kinds.yaml": kinds_from,
    "names.yaml": lambda table: msgspec.convert(table, dict[str, dict[str, str]]),
    "wars.yaml": lambda table: msgspec.convert(table, dict[str, tuple[WarRow, ...]]),
    "deadlines.yaml": lambda table: msgspec.convert(table, dict[str, dict[_Part, str]]),
    "repeats.yaml": lambda table: msgspec.convert(table, dict[str, str]),
    "common_words.yaml": lambda table: msgspec.convert(table, dict[str, str]),
}


def _plain(data: Any) -> Any:
    """ruamel's own mappings, sequences and strings as Python's."""
    if isinstance(data, dict):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(value) for value in data]
    return str(data) if isinstance(data, str) else data
