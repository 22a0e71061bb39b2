"""Packs of YAML to compiled rules, with every fault at its line."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from pydantic import BaseModel

from consumers.classify.build import build_pack
from consumers.classify.format import (
    ActorsFile,
    ExceptionsFile,
    FormsFile,
    GrammarFile,
    HoldersFile,
    ModalityFile,
    NounsFile,
    RuleFile,
)
from consumers.classify.names import known_codes
from consumers.classify.rules import Rules
from monitor.errors import Fault, Faults
from monitor.message.kind import Kinds, kinds_from
from monitor.yaml_file import line_of, read_yaml, validated

Model = TypeVar("Model", bound=BaseModel)
LANGUAGE_FILES: Mapping[str, type[BaseModel]] = {
    "grammar.yaml": GrammarFile,
    "modality.yaml": ModalityFile,
    "nouns.yaml": NounsFile,
    "actors.yaml": ActorsFile,
    "exceptions.yaml": ExceptionsFile,
    "forms.yaml": FormsFile,
}


@dataclass(frozen=True, slots=True)
class PackText:
    """One file of a rules folder: its path below the folder, with "/", and what is in it."""

    path: str
    text: str


@dataclass(slots=True)
class Source:
    """All that was read, before it is compiled. Later files overlay earlier ones."""

    kinds: Kinds = field(default_factory=lambda: Kinds({}))
    names: dict[str, str] = field(default_factory=dict)
    holders: HoldersFile = field(default_factory=HoldersFile)
    files: dict[tuple[str, str], Any] = field(default_factory=dict)  # (language, file) -> model
    rules: dict[str, RuleFile] = field(default_factory=dict)
    places: dict[str, tuple[str, Any]] = field(default_factory=dict)  # rule -> path, document


def compile_rules(packs: Sequence[PackText]) -> Rules:
    """The rules that the files say. Raises `Faults`, all at once."""
    source = Source()
    faults: list[Fault] = []
    for pack in packs:
        try:
            _read(pack, source)
        except Faults as found:
            faults += found.faults
    faults += _check(source)
    if faults:
        raise Faults(faults)
    digest = hashlib.sha256()
    for pack in packs:
        digest.update(pack.path.encode() + b"\0" + pack.text.encode() + b"\0")
    languages = sorted({lang for lang, name in source.files if name == "grammar.yaml"})
    built = {lang: build_pack(lang, _files(source, lang), source.holders, _rules(source, lang)) for lang in languages}
    return Rules(source.kinds, built, _english(source), digest.hexdigest()[:12])


def rule_files(packs: Sequence[PackText]) -> list[tuple[str, RuleFile]]:
    """The rule files among `packs`, overlaid, with their paths. Raises `Faults`."""
    source = Source()
    for pack in packs:
        _read(pack, source)
    return [(source.places[rule.id][0], rule) for rule in source.rules.values()]


def _files(source: Source, lang: str) -> dict[str, Any]:
    return {name: source.files.get((lang, name)) or model(lang=lang) for name, model in LANGUAGE_FILES.items()}


def _rules(source: Source, lang: str) -> list[RuleFile]:
    return [rule for rule in source.rules.values() if rule.lang == lang]


def _read(pack: PackText, source: Source) -> None:
    folder, _, name = pack.path.rpartition("/")
    if not folder and name not in ("kinds.yaml", "names.yaml"):
        return  # a table of another stage
    data = read_yaml(pack.path, pack.text)
    if name == "kinds.yaml":
        _read_kinds(pack.path, data, source)
    elif name == "names.yaml":
        source.names.update({str(key): str(value) for key, value in data["names"].items()})
    elif name in LANGUAGE_FILES:
        read = validated(LANGUAGE_FILES[name], pack.path, data)
        key = (read.lang, name)  # type: ignore[attr-defined]  # each of these files has a language
        source.files[key] = _overlaid(source.files[key], read) if key in source.files else read
    elif data is not None and "holders" in data:
        read_holders = validated(HoldersFile, pack.path, data)
        source.holders = _overlaid(source.holders, read_holders)
    else:
        rule = validated(RuleFile, pack.path, data)
        source.rules[rule.id] = rule
        source.places[rule.id] = (pack.path, data)


def _read_kinds(path: str, data: Any, source: Source) -> None:
    try:
        read = kinds_from(data)
    except msgspec.ValidationError as why:
        raise Faults([Fault(path, 1, str(why))]) from None
    source.kinds = Kinds({**source.kinds.by_id, **read.by_id}, read.unnamed)


def _overlaid(first: Model, second: Model) -> Model:
    """`second` laid over `first`: lists are longer, tables are fuller, single values are replaced."""
    merged: dict[str, Any] = {}
    for name in type(first).model_fields:
        old, new = getattr(first, name), getattr(second, name)
        if isinstance(old, list):
            merged[name] = [*old, *(one for one in new if one not in old)]
        elif isinstance(old, dict):
            merged[name] = {**old, **{key: _joined(old.get(key), value) for key, value in new.items()}}
        elif isinstance(old, BaseModel) and isinstance(new, BaseModel):
            merged[name] = _overlaid(old, new)
        else:
            merged[name] = new if name in second.model_fields_set else old
    return type(first).model_construct(**merged)


def _joined(old: Any, new: Any) -> Any:
    if isinstance(old, list) and isinstance(new, list):
        return [*old, *(one for one in new if one not in old)]
    if isinstance(old, BaseModel) and isinstance(new, BaseModel):
        return _overlaid(old, new)
    return new


def _check(source: Source) -> list[Fault]:
    faults: list[Fault] = []
    codes = known_codes(source.holders)
    for (lang, name), read in source.files.items():
        if name == "actors.yaml":
            faults += [
                Fault(f"{lang}/{name}", 0, f"unknown code '{code}'") for code in read.actors if code not in codes
            ]
    for rule in source.rules.values():
        path, data = source.places[rule.id]
        if rule.kind not in source.kinds.by_id:
            faults.append(Fault(path, line_of(data, ["kind"]), f"unknown kind '{rule.kind}'; see kinds.yaml"))
        faults += _check_acts(source, rule, path, data)
        for number, proof in enumerate(rule.proofs):
            for expected in proof.gives:
                for code in (expected.source, expected.target):
                    if code is not None and code not in codes:
                        faults.append(Fault(path, line_of(data, ["proofs", number]), f"unknown code '{code}'"))
    return faults


BUILT_IN = frozenset({"any", "none", "coded", "actor", "pure", "own", "people", "speaking", "pair"})
_CLASS = re.compile(r"[|+!\s]+")


def _check_acts(source: Source, rule: RuleFile, path: str, data: Any) -> list[Fault]:
    nouns = source.files.get((rule.lang, "nouns.yaml"))
    exceptions = source.files.get((rule.lang, "exceptions.yaml"))
    classes = {*(nouns.nouns if nouns else ()), *(nouns.marks if nouns else ())} | BUILT_IN
    faults = []
    for number, act in enumerate(rule.acts):
        place: list[str | int] = ["acts", number]
        for wanted in (*act.where.values(), act.nouns, act.anywhere):
            for name in filter(None, _CLASS.split(wanted)):
                if name not in classes:
                    faults.append(Fault(path, line_of(data, place), f"unknown class of nouns '{name}'; see nouns.yaml"))
        for name in (*act.unless, *(rule.unless if number == 0 else ())):
            if exceptions is None or name not in exceptions.exceptions:
                faults.append(Fault(path, line_of(data, place), f"unknown exception '{name}'; see exceptions.yaml"))
    return faults


def _english(source: Source) -> dict[str, str]:
    import pycountry

    names = {country.alpha_3: getattr(country, "common_name", country.name) for country in pycountry.countries}
    return {**names, **source.names}
