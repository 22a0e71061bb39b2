"""Files of rules, read and laid over one another, before anything is compiled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from pydantic import BaseModel

from consumers.classify.format import (
    Act,
    ActorsFile,
    Addition,
    ExceptionsFile,
    FormsFile,
    GrammarFile,
    HoldersFile,
    ModalityFile,
    NounsFile,
    RuleFile,
)
from monitor.errors import Fault, Faults
from monitor.message.kind import Kinds, kinds_from
from monitor.yaml_file import Map, Place, place_of, read_yaml, validated

Model = TypeVar("Model", bound=BaseModel)
LANGUAGE_FILES: Mapping[str, type[BaseModel]] = {
    "grammar.yaml": GrammarFile,
    "modality.yaml": ModalityFile,
    "nouns.yaml": NounsFile,
    "actors.yaml": ActorsFile,
    "exceptions.yaml": ExceptionsFile,
    "forms.yaml": FormsFile,
}
_TABLES = ("kinds.yaml", "names.yaml")  # files beside the language folders that classify reads; others' are passed over
CORRELATIONS = "correlations"  # the folder of rules on many acts together, which correlate reads


@dataclass(frozen=True, slots=True)
class PackText:
    """One file of a rules folder: its path below the folder, with "/", and what is in it.

    `shown` is the path by which a person finds it; `layer` is 0 for the rules that come along, 1 for those laid over.
    """

    path: str
    text: str
    shown: str = ""
    layer: int = 0

    @property
    def name(self) -> str:
        return self.shown or self.path


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as it was read: the document with the places of its keys, and the model made of it (None for tables)."""

    pack: PackText
    data: Any
    model: BaseModel | None = None

    def fault(self, place: Place, text: str, code: str) -> Fault:
        """A fault at the key or element at `place`."""
        line, column = place_of(self.data, place)
        return Fault(self.pack.name, line, text, column, code)


@dataclass(slots=True)
class Source:
    """All that was read. Later files lie over earlier ones."""

    kinds: Kinds = field(default_factory=lambda: Kinds({}))
    names: dict[str, str] = field(default_factory=dict)
    holders: HoldersFile = field(default_factory=HoldersFile)
    listed: list[tuple[str, HoldersFile]] = field(default_factory=list)  # the same by the folder that holds them
    files: dict[tuple[str, str], Any] = field(default_factory=dict)  # (language, file) -> model, overlaid
    rules: dict[str, RuleFile] = field(default_factory=dict)
    written: list[ReadFile] = field(default_factory=list)
    places: dict[str, ReadFile] = field(default_factory=dict)  # rule -> the file that holds it
    faults: list[Fault] = field(default_factory=list)

    def language(self, lang: str) -> dict[str, Any]:
        """The files of a language by name; an empty one for each that is not there."""
        return {name: self.files.get((lang, name)) or model(lang=lang) for name, model in LANGUAGE_FILES.items()}

    def holders_of(self, lang: str) -> HoldersFile:
        """The holders of offices by the names that a language gives them: all but those in other languages' folders."""
        found, others = HoldersFile(), {*self.languages} - {lang}
        for folder, holders in self.listed:
            if folder not in others:
                found = _overlaid(found, holders)
        return found

    def rules_of(self, lang: str) -> list[RuleFile]:
        return [rule for rule in self.rules.values() if rule.lang == lang]

    @property
    def languages(self) -> list[str]:
        """Those with a grammar."""
        return sorted({lang for lang, name in self.files if name == "grammar.yaml"})


def read_source(packs: Sequence[PackText]) -> Source:
    """All files; what cannot be read is in `faults`, and the rest is read all the same."""
    source = Source()
    additions: list[ReadFile] = []
    for pack in packs:
        try:
            _read(pack, source, additions)
        except Faults as found:
            source.faults += found.faults
    for written in additions:
        _add(written, source)
    return source


def _read(pack: PackText, source: Source, additions: list[ReadFile]) -> None:
    folder, _, name = pack.path.rpartition("/")
    if (not folder and name not in _TABLES) or folder.partition("/")[0] == CORRELATIONS:
        return
    data = read_yaml(pack.name, pack.text)
    if name == "kinds.yaml":
        _read_kinds(pack, data, source)
        return
    if name == "names.yaml":
        _read_names(pack, data, source)
        return
    written = ReadFile(pack, data, validated(model_for(pack.path, data), pack.name, data))
    source.written.append(written)
    match written.model:
        case HoldersFile() as holders:
            source.holders = _overlaid(source.holders, holders)
            source.listed.append((folder.partition("/")[0], holders))
        case RuleFile() as rule:
            source.rules[rule.id] = rule
            source.places[rule.id] = written
        case Addition():
            additions.append(written)
        case read:
            key = (read.lang, name)  # type: ignore[union-attr]  # each file of LANGUAGE_FILES has a language
            source.files[key] = _overlaid(source.files[key], read) if key in source.files else read


def model_for(path: str, data: Any) -> type[BaseModel]:
    """The model of a file by its name, or by the key that only its sort has."""
    name = path.rpartition("/")[2]
    if name in LANGUAGE_FILES:
        return LANGUAGE_FILES[name]
    keys = data if isinstance(data, Map) else {}
    if "holders" in keys or "bodies" in keys:
        return HoldersFile
    return Addition if "adds_to" in keys else RuleFile


def _read_kinds(pack: PackText, data: Any, source: Source) -> None:
    try:
        read = kinds_from(data if data is not None else {"kinds": []})
    except msgspec.ValidationError as why:
        written = ReadFile(pack, data)
        raise Faults([written.fault(_steps(str(why)), str(why), "bad-value")]) from None
    source.written.append(ReadFile(pack, data))
    unnamed = read.unnamed if "unnamed" in data else source.kinds.unnamed
    source.kinds = Kinds({**source.kinds.by_id, **read.by_id}, unnamed)


def _read_names(pack: PackText, data: Any, source: Source) -> None:
    names = data.get("names") if isinstance(data, Map) else None
    if not isinstance(names, Map):
        raise Faults([Fault(pack.name, 1, "must hold `names:`, a table of codes and names", 1, "missing-key")])
    source.written.append(ReadFile(pack, data))
    source.names.update({str(key): str(value) for key, value in names.items()})


def _steps(said: str) -> list[str | int]:
    """The place that a message of msgspec ends with: "... - at `$.kinds[3].level`"."""
    path = said.rpartition("`$")[2].rstrip("`") if "`$" in said else ""
    found: list[str | int] = []
    for step in path.replace("[", ".").replace("]", "").split("."):
        if step.isdigit():
            found.append(int(step))
        elif step and step != "...":
            found.append(step)
    return found


def _add(written: ReadFile, source: Source) -> None:
    """Lay an addition over the rule that it names."""
    added = written.model
    assert isinstance(added, Addition)  # noqa: S101 read_source hands over nothing else
    rule = source.rules.get(added.adds_to)
    if rule is None:
        source.faults.append(written.fault(["adds_to"], f"unknown rule '{added.adds_to}'", "unknown-rule"))
        return
    acts = {act.name: act for act in rule.acts}
    for number, more in enumerate(added.acts):
        if more.name not in acts:
            known = ", ".join(acts)
            text = f"unknown act '{more.name}' of {rule.id}; it has: {known}"
            source.faults.append(written.fault(["acts", number], text, "unknown-rule"))
            continue
        acts[more.name] = _longer(acts[more.name], more.verbs, more.unless)
    unless = [*rule.unless, *(name for name in added.unless if name not in rule.unless)]
    source.rules[rule.id] = rule.model_copy(update={"acts": list(acts.values()), "unless": unless})


def _longer(act: Act, verbs: Sequence[str], unless: Sequence[str]) -> Act:
    return act.model_copy(
        update={
            "verbs": [*act.verbs, *(verb for verb in verbs if verb not in act.verbs)],
            "unless": [*act.unless, *(name for name in unless if name not in act.unless)],
        }
    )


def _overlaid(first: Model, second: Model) -> Model:
    """`second` laid over `first`: lists are longer, tables are fuller, single values are replaced."""
    merged: dict[str, Any] = {}
    for name in type(first).model_fields:
        old, new = getattr(first, name), getattr(second, name)
        if isinstance(old, list):
            merged[name] = _joined(old, new)
        elif isinstance(old, dict):
            merged[name] = {**old, **{key: _joined(old.get(key), value) for key, value in new.items()}}
        elif isinstance(old, BaseModel) and isinstance(new, BaseModel):
            merged[name] = _overlaid(old, new)
        else:
            merged[name] = new if name in second.model_fields_set else old
    return type(first).model_construct(**merged)


def _joined(old: Any, new: Any) -> Any:
    if isinstance(old, list) and isinstance(new, list):
        known = {repr(one) for one in old}  # thousands of entries, which have no hash
        return [*old, *(one for one in new if repr(one) not in known)]
    if isinstance(old, BaseModel) and isinstance(new, BaseModel):
        return _overlaid(old, new)
    return new
