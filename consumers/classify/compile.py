"""Packs of YAML to compiled rules, with every fault at its line."""

import hashlib
from collections.abc import Collection, Sequence

from consumers.classify.build import build_pack
from consumers.classify.check import check
from consumers.classify.rules import Rules
from consumers.classify.source import PackText, Source, read_source
from monitor.errors import Faults
from monitor.message.names import english_names


def compile_rules(packs: Sequence[PackText], languages: Collection[str] | None = None) -> Rules:
    """The rules that the files say; only those of `languages`, where given. Raises `Faults`, all at once."""
    source = read_source(packs if languages is None else _of(packs, languages))
    if faults := [*source.faults, *check(source)]:
        raise Faults(faults)
    return compile_source(source, packs, languages)


def compile_source(source: Source, packs: Sequence[PackText], languages: Collection[str] | None = None) -> Rules:
    """The rules of files that have been checked; `packs` are what the hash is of."""
    digest = hashlib.sha256()
    for pack in packs:
        digest.update(pack.path.encode() + b"\0" + pack.text.encode() + b"\0")
    wanted = [lang for lang in source.languages if languages is None or lang in languages]
    built = {lang: build_pack(lang, source.language(lang), source.holders, source.rules_of(lang)) for lang in wanted}
    return Rules(source.kinds, built, {**english_names(), **source.names}, digest.hexdigest()[:12])


def _of(packs: Sequence[PackText], languages: Collection[str]) -> list[PackText]:
    """Those without the folders of other languages, which take most of the time that reading takes."""
    others = {pack.path.partition("/")[0] for pack in packs if pack.path.endswith("/grammar.yaml")} - {*languages}
    return [pack for pack in packs if pack.path.partition("/")[0] not in others]
