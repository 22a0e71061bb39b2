"""`demarche explain`: what the rules see in a text, drawn under it, and why they see no more."""

import asyncio
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from consumers.classify import Attempt, Rules, compile_rules, explain
from consumers.classify.check import near as nearest_name
from consumers.classify.workbench.account import Account, Near, account, triggers
from consumers.classify.workbench.trial import item_of
from monitor.cli.drawing import Span, drawn
from monitor.cli.options import OwnRules, SettingsFile
from monitor.errors import UserError
from monitor.ingest.parse import language
from monitor.message.codec import decode_item
from monitor.message.item import Item
from monitor.message.report import Signal
from monitor.message.step import ITEMS
from monitor.message.wording import sentence
from monitor.rules_folder import read_packs

_ID = re.compile(r"[0-9a-f]{12,64}")
_WIDEST = 110  # columns of a sentence
_FEW = 5  # of what came near, unless all is asked for
_INDENT = "    "


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("explain")(explain_text)


def explain_text(
    text: Annotated[
        str, typer.Argument(metavar="TEXT|ITEM-ID", help="A headline, and behind a line break its summary; or an id.")
    ],
    kind: Annotated[str, typer.Option(help="Only what was tried for this kind.")] = "",
    lang: Annotated[str, typer.Option(help="The language of the text; guessed if none.")] = "",
    country: Annotated[str | None, typer.Option(help="The outlet's state, as alpha-3 code.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that was tried, not only what came nearest.")] = False,
    rules: OwnRules = None,
    settings: SettingsFile = None,
) -> None:
    """Show for each act the words that made it, and for what did not match the part that failed first, and why.

    Example: demarche explain "Oslo to expel two Russian diplomats" --kind diplomats-expelled
    """
    if _ID.fullmatch(text):
        item = asyncio.run(_item(text, settings))
    else:
        plain = text.replace("\\n", "\n")
        item = item_of(plain, lang or language.of(plain, "en"), datetime.now(UTC).date(), country)
    spoken = item.lang or "en"
    compiled = compile_rules(read_packs(overlay=rules or _folder(settings)), {spoken})
    if kind and kind not in compiled.kinds.by_id:
        raise UserError(
            f"no kind is called {kind!r}; {nearest_name(kind, compiled.kinds.by_id, '`demarche rules list`')}"
        )
    found = account(explain(item, compiled), compiled, spoken, kind)
    width = min(shutil.get_terminal_size((_WIDEST, 24)).columns - len(_INDENT), _WIDEST)
    for line in _told(found, compiled, spoken, kind, width, None if everything or kind else _FEW):
        typer.echo(line)


def _folder(settings: Path | None) -> Path | None:
    from monitor.settings import load_settings  # half of the time that the answer takes, where no folder is named

    return load_settings(settings, os.environ).rules.folder


async def _item(asked: str, settings: Path | None) -> Item:
    """The newest revision of an item of the stream."""
    from monitor import wiring  # brings in every stage

    async with wiring.reader(wiring.settings(settings)) as stream:
        records = await stream.find(ITEMS, asked)
    if not records:
        raise UserError(f"the stream has no item {asked!r}; `demarche trace` finds one by its link or its words")
    return decode_item(records[-1].value)


def _told(found: Account, rules: Rules, lang: str, kind: str, width: int, most: int | None) -> Iterator[str]:
    for made in found.made:
        yield _heading(made.signal, rules)
        if made.by is not None:
            yield from _drawn(made.by, made.signal, width)
        yield ""
    if not found.made:
        yield f"nothing was found of {kind}" if kind else "nothing was found"
        yield from [f"  {found.gate}"] * bool(found.gate)
        yield ""
    told: set[str] = set()
    for attempt in found.covered:
        line = f"{attempt.act} matched too ({_actors(attempt)}), and says no more than the above"
        if found.made and line not in told:
            told.add(line)
            yield line
    if not found.near and not found.made and kind:
        words = triggers(rules, lang, kind)
        yield f"no word by which {kind} is found stands in it: {', '.join(words)}" if words else f"no rule finds {kind}"
    near = found.near[:most]
    if near:
        yield "what came near, the nearest first:"
    for _, together in groupby(near, key=lambda one: (one.attempt.sentence, one.attempt.words)):
        yield from _near(list(together), width)
    if len(near) < len(found.near):
        yield f"and {len(found.near) - len(near)} more; see them with --all, or those of one kind with --kind"


def _heading(signal: Signal, rules: Rules) -> str:
    said = sentence(
        rules.kinds, rules.names, signal.kind, signal.source, signal.target, signal.modality, signal.variant,
        signal.count,
    )  # fmt: skip
    level = rules.kinds.level(signal.kind, signal.scope, signal.modality)
    alerts = "alerts nobody: in shadow" if signal.shadow else f"{level}: {said}"
    arrow = f"{signal.source or '?'} > {signal.target or '?'}"
    more = "".join(f", {text}" for text in (signal.scope, signal.grounds and f"over {signal.grounds}") if text)
    return f"{signal.kind}  {arrow}  {signal.modality}{more}  ({alerts})"


def _drawn(attempt: Attempt, signal: Signal, width: int) -> Iterator[str]:
    yield f"  by {signal.rule}, in the {attempt.part}:"
    labels = {"act": "act", "source": f"source {_codes(attempt.source)}", "target": f"target {_codes(attempt.target)}",
              "modality": f"{attempt.modality}"}  # fmt: skip
    signs = {"act": "^", "modality": "="}
    spans = [Span(start, end, labels.get(part, part), signs.get(part, "~")) for part, _, start, end in attempt.words]
    for line in drawn(attempt.sentence, spans, width):
        yield _INDENT + line
    parts = {part for part, *_ in attempt.words}
    for role, codes in (("source", attempt.source), ("target", attempt.target)):
        if codes and role not in parts:
            yield f"{_INDENT}{role} {_codes(codes)}: from elsewhere in the item, or its dateline"
        if not codes:
            yield f"{_INDENT}{role}: not told"
    if attempt.status:
        yield f"{_INDENT}{attempt.modality} by {attempt.status!r}"


def _near(together: Sequence[Near], width: int) -> Iterator[str]:
    """Acts that were tried at the same words, and those words in their sentence."""
    for one in together:
        stopped = f": {', '.join(map(repr, one.stopped_by))}" if one.stopped_by else ""
        yield f"  {one.attempt.act} failed at {one.attempt.failed}: {one.attempt.why}{stopped}"
    attempt = together[0].attempt
    spans = [Span(start, end, part, "^") for part, _, start, end in attempt.words if part == "act"]
    for line in drawn(attempt.sentence, spans, width):
        yield _INDENT + line


def _actors(attempt: Attempt) -> str:
    return f"{_codes(attempt.source)} > {_codes(attempt.target)} {attempt.modality}"


def _codes(codes: tuple[str, ...]) -> str:
    return " ".join(codes) or "?"
