"""Packs of YAML to compiled rules, with every fault at its line."""

import hashlib
from collections.abc import Callable, Collection, Sequence

from consumers.classify.build import build_pack
from consumers.classify.check import check
from consumers.classify.rules import Pack, Packs, Rules
from consumers.classify.source import PackText, Source, read_source
from monitor.errors import Faults
from monitor.message.names import english_names


def compile_rules(packs: Sequence[PackText], languages: Collection[str] | None = None) -> Rules:
    """The rules that the files say; only those of `languages`, where given. Raises `Faults`, all at once.

    Every file is read and checked. A pack is compiled when it is first asked for, of its own files read once more:
    texts take a tenth of the memory of what is read from them.
    """
    texts = tuple(packs if languages is None else _of(packs, languages))
    source = read_source(texts)
    if faults := [*source.faults, *check(source)]:
        raise Faults(faults)
    return _rules(source, packs, languages, lambda lang: _built(read_source(_of(texts, {lang})), lang))


def compile_source(source: Source, packs: Sequence[PackText], languages: Collection[str] | None = None) -> Rules:
    """The rules of files that have been checked; `packs` are what the hash is of."""
    return _rules(source, packs, languages, lambda lang: _built(source, lang))


def _rules(
    source: Source, packs: Sequence[PackText], languages: Collection[str] | None, build: Callable[[str], Pack]
) -> Rules:
    digest = hashlib.sha256()
    for pack in packs:
        digest.update(pack.path.encode() + b"\0" + pack.text.encode() + b"\0")
    wanted = [lang for lang in source.languages if languages is None or lang in languages]
    return Rules(source.kinds, Packs(wanted, build), {**english_names(), **source.names}, digest.hexdigest()[:12])


def _built(source: Source, lang: str) -> Pack:
    return build_pack(lang, source.language(lang), source.holders_of(lang), source.rules_of(lang))


def _of(packs: Sequence[PackText], languages: Collection[str]) -> list[PackText]:
    """Those without the folders of other languages, which take most of the time that reading takes."""
    others = {pack.path.partition("/")[0] for pack in packs if pack.path.endswith("/grammar.yaml")} - {*languages}
    return [pack for pack in packs if pack.path.partition("/")[0] not in others]
