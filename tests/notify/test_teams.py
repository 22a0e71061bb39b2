"""Cards for Teams are adaptive cards by the official schema of the version that they name."""

import json
from importlib import resources
from typing import Any

import msgspec
import pytest
from jsonschema import Draft6Validator

from consumers.notify.channels import teams
from consumers.notify.exchange import Request
from consumers.notify.letter import Form, Letter
from consumers.notify.sample import sample_letters
from monitor.message.alert import Notice
from monitor.message.kind import Level
from tests.notify.samples import NOON, alert
from tests.notify.test_channels import example
from tests.notify.test_limits import headline, told

SCHEMA = resources.files("adaptive_cards") / "schemas" / "schema-1.4.json"  # as Microsoft publishes it
VALIDATOR = Draft6Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
NOTICE = Notice(id="n1", key="feed/x", at=NOON, trouble=True, event="feed.troubled", text="a feed does not answer")
LETTERS = {
    **{f"reason-{one.alert.reason}": one for one in sample_letters(NOON)},
    **{f"form-{form}": told("a headline", form) for form in Form if form is not Form.NOTICE},
    **{f"level-{level}": Letter(key="k", form=Form.POST, alerts=(alert(level=level),), at=NOON) for level in Level},
    **{f"fuzzed-{seed}": told(headline(seed), form) for seed in range(25) for form in (Form.POST, Form.DIGEST)},
    "notice": Letter(key="k", form=Form.NOTICE, notice=NOTICE, at=NOON),
}


def card_of(letter: Letter, **more: Any) -> Any:
    sendable = teams.render(letter, example("teams").model_copy(update=more))
    assert isinstance(sendable, Request)
    (attachment,) = json.loads(sendable.content)["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    return attachment["content"]


def faults_of(card: Any) -> list[str]:
    """Without `msteams`, which Teams adds to the format."""
    known = {key: value for key, value in card.items() if key != "msteams"}
    return [f"{fault.json_path}: {fault.message[:200]}" for fault in VALIDATOR.iter_errors(known)]


@pytest.mark.parametrize("name", LETTERS)
def test_a_card_is_one_by_its_schema(name: str) -> None:
    card = card_of(LETTERS[name])
    assert card["version"] == "1.4"
    assert faults_of(card) == []


@pytest.mark.parametrize("more", [{"detail": "full"}, {"template": "{{ level }}: {{ sentence }}"}])
def test_so_it_is_in_the_long_form_and_in_other_words(more: dict[str, Any]) -> None:
    assert faults_of(card_of(LETTERS["reason-first"], **more)) == []
    assert faults_of(card_of(msgspec.structs.replace(LETTERS["reason-first"], plain=True), **more)) == []


def test_the_schema_refuses_what_is_no_card() -> None:
    card = card_of(LETTERS["reason-first"])
    assert faults_of({**card, "body": [{"type": "TextBlok", "text": "x"}]})
    assert faults_of({**card, "body": [{"type": "TextBlock"}]})
    assert faults_of({**card, "colour": "red"})
