"""An act in words: the one sentence that every destination shows. The words themselves are in `rules/kinds.yaml`."""

from collections.abc import Iterable, Mapping, Sequence
from string import Formatter

from monitor.message.kind import Kind, Kinds, Modality, Unnamed

_SLOTS = frozenset({"source", "source's", "target", "target's", "count"})


def sentence(
    kinds: Kinds,
    names: Mapping[str, str],
    kind: str,
    source: str | None,
    target: str | None,
    modality: Modality,
    variant: str = "",
    count: int | None = None,
) -> str:
    """The act as a sentence without a full stop: "South Korea summons Russia's ambassador".

    `names` maps codes to English names; a code that it lacks is shown as it is.
    """
    entry = kinds.by_id[kind]
    template = _unnamed(entry, modality, source, target) or _template(entry, modality, variant, count)
    return _fill(template, _subject(names, source, kinds.unnamed), _object(names, target, kinds.unnamed), count)


def joint_sentence(
    kinds: Kinds,
    names: Mapping[str, str],
    kind: str,
    sources: Sequence[str | None],
    targets: Sequence[str | None],
    modality: Modality,
) -> str:
    """An act of several states, or against several: "USA, EU, UK, Canada: sanctions on Russia"."""
    template = kinds.by_id[kind].sentences["joint-planned" if modality is Modality.PLANNED else "joint"]
    actors = ", ".join(short_name(_subject(names, source, kinds.unnamed)) for source in sources)
    return _fill(template, actors, _listed([_object(names, target, kinds.unnamed) for target in targets]), None)


def titled(
    kinds: Kinds, names: Mapping[str, str], title: str, source: str | None, target: str | None, count: int
) -> str:
    """A title of the operator's with its placeholders filled."""
    return _fill(title, _subject(names, source, kinds.unnamed), _object(names, target, kinds.unnamed), count)


def unknown_slots(template: str) -> set[str]:
    """The placeholders in a template that mean nothing."""
    try:
        return _fields(template) - _SLOTS
    except ValueError:  # a brace that nothing closes
        return {template}


def short_name(name: str) -> str:
    """A name for lists and tables: without its article."""
    return name.removeprefix("the ")


def wording_faults(kind: Kind) -> list[str]:
    """What is wrong with the sentences of a kind, in words; empty where all is well."""
    needed = ("occurred", "planned", "joint", "joint-planned")
    faults = [f"{kind.id}: sentence '{name}' is missing" for name in needed if name not in kind.sentences]
    for name, template in kind.sentences.items():
        unknown = _fields(template) - _SLOTS
        faults += [
            f"{kind.id}: sentence '{name}' has an unknown placeholder '{{{field}}}'" for field in sorted(unknown)
        ]
    return faults


def _unnamed(kind: Kind, modality: Modality, source: str | None, target: str | None) -> str | None:
    """The kind's own sentence for a side that is not named, where it has one."""
    suffix = "-planned" if modality is Modality.PLANNED else ""
    name = "unsourced" if source is None else "untargeted" if target is None else ""
    return kind.sentences.get(name + suffix) if name else None


def _template(kind: Kind, modality: Modality, variant: str, count: int | None) -> str:
    suffix = "-planned" if modality is Modality.PLANNED else ""
    stem = variant or ("counted" if count else "")
    named = kind.sentences.get(stem + suffix) if stem else None
    return named or kind.sentences["planned" if suffix else "occurred"]


def _subject(names: Mapping[str, str], code: str | None, unnamed: Unnamed) -> str:
    return names.get(code, code) if code else unnamed.source


def _object(names: Mapping[str, str], code: str | None, unnamed: Unnamed) -> str:
    return names.get(code, code) if code else unnamed.target


def _fill(template: str, source: str, target: str, count: int | None) -> str:
    slots = {
        "source": source,
        "source's": _possessive(source),
        "target": target,
        "target's": _possessive(target),
        "count": str(count or ""),
    }
    text = Formatter().vformat(template, (), slots)
    return text[:1].upper() + text[1:]


def _possessive(name: str) -> str:
    return name + ("'" if name.endswith("s") else "'s")


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _fields(template: str) -> set[str]:
    fields: Iterable[str | None] = (field for _, field, _, _ in Formatter().parse(template))
    return {field for field in fields if field}
