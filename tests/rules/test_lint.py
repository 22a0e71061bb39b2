"""Every sort of fault, found at its line and column, in one folder of rules that has them all."""

from collections.abc import Mapping
from textwrap import dedent

import pytest

from consumers.classify import PackText
from consumers.classify.workbench.lint import CODES, lint
from monitor.errors import Fault

RULE = """\
id: own.{name}
kind: envoy-summoned
lang: en
title: t
"""
ACT = """\
acts:
  - name: shout-at
    verbs: [shout at]
    where: {object: "envoy + coded"}
    source: [subject]
    target: [object]
"""
MANY = "".join(
    f"  - {{text: 'Chad shouts at Malian ambassador {n}', gives: [{{source: TCD, target: MLI}}]}}\n" for n in range(6)
)
MISSES = "misses:\n" + "".join(f"  - {{text: 'Rain in Chad, day {n}'}}\n" for n in range(6))
PROOFS = f"proofs:\n{MANY}{MISSES}"

# A file of the folder, and what is found in it: (line, column, code, a part of the text).
FILES: Mapping[str, tuple[str, list[tuple[int, int, str, str]]]] = {
    "en/kinds/yaml.yaml": ("id: [a\nkind: b\n", [(2, 5, "not-yaml", "not YAML")]),
    "en/kinds/key.yaml": (
        RULE.format(name="key") + "vesion: 2\n" + ACT + PROOFS,
        [(5, 1, "unknown-key", "did you mean 'version'?")],
    ),
    "en/kinds/missing.yaml": ("id: own.missing\nkind: apology\nlang: en\n" + ACT, [(1, 1, "missing-key", "title")]),
    "en/kinds/value.yaml": (
        RULE.format(name="value") + ACT.replace("    source", "    need: all\n    source") + PROOFS,
        [(9, 5, "bad-value", "acts.0.need")],
    ),
    "en/kinds/code.yaml": (
        RULE.format(name="code") + ACT + PROOFS.replace("target: MLI", "target: ML", 1),
        [(12, 72, "unknown-code", "unknown code 'ML'; did you mean 'MLI'?")],
    ),
    "en/kinds/kind.yaml": (
        RULE.format(name="kind").replace("envoy-summoned", "envoy-sumoned") + ACT + PROOFS,
        [(2, 1, "unknown-kind", "did you mean 'envoy-summoned'?")],
    ),
    "en/kinds/language.yaml": (
        RULE.format(name="language").replace("lang: en", "lang: xx") + ACT + PROOFS,
        [(3, 1, "unknown-language", "'xx'")],
    ),
    "en/kinds/list.yaml": (
        RULE.format(name="list") + ACT.replace("envoy + coded", "envoi + coded") + PROOFS,
        [(8, 5, "unknown-list", "unknown list 'envoi'; did you mean 'envoy'?")],
    ),
    "en/kinds/exception.yaml": (
        RULE.format(name="exception") + "unless: [sport, curts]\n" + ACT + PROOFS,
        [(5, 17, "unknown-exception", "did you mean 'courts'?")],
    ),
    "en/kinds/addition.yaml": ("adds_to: en.envoy-sumoned\n", [(1, 1, "unknown-rule", "en.envoy-sumoned")]),
    "en/kinds/place.yaml": (
        RULE.format(name="place") + ACT.replace("source: [subject]", "source: [subjekt]") + PROOFS,
        [(9, 14, "unknown-place", "unknown place 'subjekt'; did you mean 'subject'?")],
    ),
    "en/kinds/one.yaml": (RULE.format(name="one") + ACT + PROOFS, []),
    "en/kinds/two.yaml": (
        RULE.format(name="one") + ACT.replace("shout at", "yell at") + PROOFS.replace("shouts", "yells"),
        [(1, 1, "duplicate-id", "en/kinds/one.yaml")],
    ),
    "en/kinds/none.yaml": (RULE.format(name="none") + "acts: []\n" + MISSES, [
        (5, 1, "empty-rule", "has no act"),
        (1, 1, "too-few-proofs", "has 0 texts that match"),
    ]),
    "en/kinds/few.yaml": (
        RULE.format(name="few")
        + ACT.replace("shout at", "bellow at")
        + "proofs:\n"
        + MANY.splitlines()[0].replace("shouts", "bellows")
        + "\nmisses: []\n",
        [(11, 1, "too-few-proofs", "has 1 text"), (13, 1, "too-few-misses", "has 0 near misses")],
    ),
    "en/kinds/unreached.yaml": (
        RULE.format(name="unreached")
        + ACT.replace("shout at", "growl at")
        + ACT.replace("acts:\n", "").replace("shout-at", "roar").replace("shout at", "roar at")
        + PROOFS.replace("shouts", "growls"),
        [(11, 5, "unreached-act", "'roar'")],
    ),
    "en/kinds/elsewhere.yaml": (
        RULE.format(name="elsewhere")
        + ACT.replace("shout at", "snarl at")
        + PROOFS.replace("shouts", "snarls").replace("snarls at", "summons", 1),
        [(12, 5, "answered-elsewhere", "en.envoy-summoned/")],
    ),
    "en/kinds/shadowed-act.yaml": (
        RULE.format(name="narrow")
        + ACT.replace("shout at", "hiss at")
        + ACT.replace("acts:\n", "").replace("shout-at", "whole").replace("[shout at]", "[hiss at, spit at]")
        + PROOFS.replace("shouts", "hisses"),
        [(6, 5, "shadowed-act", "'whole' finds all that 'shout-at' finds")],
    ),
    "en/kinds/shadowed-rule.yaml": (
        RULE.format(name="shadowed") + ACT.replace("shout at", "summon") + PROOFS.replace("shouts at", "summons"),
        [(1, 1, "shadowed-rule", "en.envoy-summoned")],
    ),
    "en/kinds/two-kinds.yaml": (
        RULE.format(name="twice").replace("envoy-summoned", "apology")
        + ACT.replace("shout at", "summon")
        + PROOFS.replace("shouts at", "summons", 1).replace("shouts at", "summoned"),
        [(13, 5, "two-kinds", "apology and envoy-summoned")],
    ),
    "en/nouns.yaml": (
        dedent("""\
            lang: en
            nouns:
              envoy: [man of the hour, m\u0430n in town]
              idle: [nobody, nobody]
        """),
        [
            (3, 28, "singular-without-plural", "only"),
            (3, 28, "mixed-scripts", "cyrillic and latin"),
            (4, 3, "unused-list", "'idle'"),
            (4, 18, "word-twice", "'nobody'"),
        ],
    ),
    "en/exceptions.yaml": (
        "lang: en\nexceptions:\n  idle: {words: [nobody]}\n",
        [(3, 3, "unused-list", "'idle'")],
    ),
    "kinds.yaml": (
        "kinds:\n  - {id: own, title: own, level: low, weight: 0, sentences: {occurred: 'x', planned: '{who} x'}}\n",
        [(2, 50, "bad-sentence", "'joint' is missing"), (2, 50, "bad-sentence", "{who}")],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def found(english: tuple[PackText, ...]) -> list[Fault]:
    folder = [PackText(path, text, f"own/{path}", 1) for path, (text, _) in FILES.items()]
    return lint([*english, *folder], 1)


@pytest.mark.parametrize("path", sorted(FILES))
def test_each_fault_is_found_at_its_place_with_a_remedy(path: str, found: list[Fault]) -> None:
    here = [fault for fault in found if fault.path == f"own/{path}"]
    shown = "\n".join(f"{fault.code}  {fault}" for fault in here)
    for line, column, code, text in FILES[path][1]:
        assert any(
            (fault.line, fault.column, fault.code) == (line, column, code) and text in fault.text for fault in here
        ), f"no {code} at {line}:{column} among\n{shown}"


def test_a_sound_rule_has_no_fault(found: list[Fault], english: tuple[PackText, ...]) -> None:
    text = RULE.format(name="sound") + ACT + PROOFS
    assert lint([*english, PackText("en/kinds/sound.yaml", text, "own/sound.yaml", 1)], 1) == []


def test_every_code_is_tried_here() -> None:
    assert {code for _, rows in FILES.values() for _, _, code, _ in rows} == set(CODES)
