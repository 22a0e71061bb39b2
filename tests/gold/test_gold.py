"""The labelled set is well formed: keys, kinds, modalities, codes, and no id or title twice."""

import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pycountry
import pytest

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.jsonl"))

KINDS = {
    "condemnation",
    "threat",
    "formal-protest",
    "envoy-summoned",
    "contact-suspended",
    "movement-restricted",
    "sanctions-imposed",
    "envoy-recalled",
    "diplomats-expelled",
    "mission-closed",
    "agreement-suspended",
    "relations-downgraded",
    "relations-severed",
    "mission-protest",
    "mission-attacked",
    "military-threat",
    "talks-held",
    "apology",
    "envoy-returned",
    "measures-lifted",
    "agreement-reached",
    "relations-restored",
}
MODALITIES = {"occurred", "planned", "urged", "denied", "background"}
BODIES = {"EU", "UN", "NATO", "AU", "ASEAN", "ARAB_LEAGUE", "G7", "XKX"}
STATES = {country.alpha_3 for country in pycountry.countries}
PUBLISHED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
REQUIRED = {"id", "lang", "published", "feed", "outlet", "country", "title", "summary", "signals", "note"}


def items(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def faults(item: dict[str, Any]) -> list[str]:
    found = []
    if set(item) - {"content"} != REQUIRED:
        found.append(f"keys {sorted(set(item) ^ REQUIRED)}")
    if not item["title"].strip() or not item["note"].strip():
        found.append("empty title or note")
    if not PUBLISHED.fullmatch(item["published"]) or not 1999 <= datetime.fromisoformat(item["published"]).year <= 2026:
        found.append(f"published {item['published']}")
    if item["country"] is not None and item["country"] not in STATES:
        found.append(f"country {item['country']}")
    seen = set()
    for signal in item["signals"]:
        if set(signal) != {"kind", "source", "target", "modality"}:
            found.append(f"signal keys {sorted(signal)}")
            continue
        kind, source, target, modality = (signal[key] for key in ("kind", "source", "target", "modality"))
        if kind not in KINDS:
            found.append(f"kind {kind}")
        if modality not in MODALITIES:
            found.append(f"modality {modality}")
        found += [f"code {code}" for code in (source, target) if code not in STATES | BODIES | {None}]
        if source is not None and source == target:
            found.append(f"{kind}: {source} against itself")
        if (kind, source, target, modality) in seen:
            found.append(f"{kind} {source} {target} {modality} twice")
        seen.add((kind, source, target, modality))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_item_is_well_formed(path: Path) -> None:
    lang = path.stem.partition("-")[0]
    wrong = {item["id"]: faults(item) for item in items(path)}
    assert {key: found for key, found in wrong.items() if found} == {}
    assert {item["lang"] for item in items(path)} == {lang}


def test_no_id_or_title_stands_twice() -> None:
    every = [item for path in FILES for item in items(path)]
    for key in ("id", "title"):
        assert [value for value, n in Counter(item[key] for item in every).items() if n > 1] == []


def test_a_third_of_each_language_is_held_back() -> None:
    counts = {path.stem: len(items(path)) for path in FILES}
    langs = {stem.partition("-")[0] for stem in counts}
    assert "en" in langs
    for lang in langs:
        share = counts[f"{lang}-held"] / (counts[f"{lang}-held"] + counts[f"{lang}-work"])
        assert 0.31 <= share <= 0.35, lang


def test_the_readme_counts_what_is_there() -> None:
    counted = re.findall(
        r"^\| ([a-z]{2}) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", (HERE / "README.md").read_text(), re.M
    )
    for lang in {path.stem.partition("-")[0] for path in FILES}:
        held = items(HERE / f"{lang}-held.jsonl")
        every = held + items(HERE / f"{lang}-work.jsonl")
        signals = [len(item["signals"]) for item in every]
        row = (lang, len(every), len(held), sum(n > 0 for n in signals), sum(signals))
        assert tuple(map(str, row)) in counted
