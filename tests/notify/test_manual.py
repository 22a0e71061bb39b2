"""The manual of destinations is what the code does. `DEMARCHE_WRITE_SAMPLES=1` writes its blocks anew."""

import json
import os
import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from consumers.notify.channel import channel, channel_names
from consumers.notify.exchange import Lines, Mail, Request
from consumers.notify.letter import Form, Letter
from consumers.notify.match import KEYS
from consumers.notify.options import Options
from consumers.notify.template import NAMES
from monitor.message.alert import Reason
from monitor.settings.notify import NotifySection
from monitor.settings.routes import MatchSection
from monitor.yaml_file import read_yaml, validated
from tests.notify.pictures import FOLDER, picture
from tests.notify.samples import NOON, alert
from tests.notify.test_channels import example

MANUAL = Path(__file__).parents[2] / "consumers" / "README.md"
WRITE = bool(os.environ.get("DEMARCHE_WRITE_SAMPLES"))


def settings_block(name: str) -> str:
    lines = [f"  my-{name.replace('_', '-')}:"]
    lines += [f"    {key}: {json.dumps(value)}" for key, value in channel(name).EXAMPLE.items()]
    return "```yaml\ndestinations:\n" + "\n".join(lines) + "\n```"


def alert_block(name: str) -> str:
    """What a reader sees of the sample, in the destination's own markup."""
    sendable = channel(name).render(Letter(key="a1", form=Form.POST, alerts=(alert(),), at=NOON), example(name))
    match sendable:
        case Lines():
            text = sendable.text
        case Mail():
            message = message_from_bytes(sendable.content, policy=default)
            plain = message.get_body(("plain",))
            assert plain is not None
            text = f"Subject: {message['subject']}\n\n{plain.get_content()}"
        case Request():
            text = "\n".join(_texts(json.loads(sendable.content)))
    text = text.replace("\u200b", "").replace("\r\n", "\n")  # marks that nobody sees
    return "```text\n" + text.strip() + "\n```"


def _texts(payload: object) -> list[str]:
    """The texts of a payload, in order, without the fallback that stands for all of them."""
    if isinstance(payload, list):
        return [text for one in payload for text in _texts(one)]
    if not isinstance(payload, dict):
        return []
    if "blocks" in payload:
        return _texts(payload["blocks"])
    found: list[str] = []
    for key, value in payload.items():
        found += [value] if key in ("text", "title", "description") and isinstance(value, str) else _texts(value)
    return found


def written(text: str) -> str:
    """The manual with each block as the code makes it."""

    def block(found: re.Match[str]) -> str:
        made = settings_block(found[2]) if found[1] == "settings" else alert_block(found[2])
        return f"<!-- {found[1]}: {found[2]} -->\n\n{made}"

    return re.sub(r"<!-- (settings|alert): (\w+) -->(?:\n\n```.*?\n```)?", block, text, flags=re.DOTALL)


def test_the_blocks_are_what_the_code_makes() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    if WRITE:
        MANUAL.write_text(written(text), encoding="utf-8")
        text = MANUAL.read_text(encoding="utf-8")
    assert written(text) == text


@pytest.mark.parametrize("name", channel_names())
def test_each_type_has_its_section(name: str) -> None:
    text = MANUAL.read_text(encoding="utf-8")
    assert f"\n### {name}\n" in text
    assert f"<!-- settings: {name} -->" in text


@pytest.mark.parametrize("name", channel_names())
def test_its_picture_is_what_would_be_sent(name: str) -> None:
    """`python -m tests.notify.pictures` draws them anew."""
    assert f"![{name}](pictures/{name}.svg)" in MANUAL.read_text(encoding="utf-8")
    drawn = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert drawn == picture(name)
    assert len(drawn) < 12_000


def test_each_key_is_in_it() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    keys = {*KEYS, *(field for field in MatchSection.model_fields), *NAMES.split(", "), *map(str, Reason)}
    keys |= {*Options.model_fields} - {"type"}
    for key in keys:
        assert f"`{key}`" in text, key
    for key in NotifySection.model_fields:
        assert re.search(rf"\b{key}: ?|`{key}:", text), key


def test_its_settings_are_settings() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)
    places = "destinations: {asia-desk: {type: terminal}, berlin: {type: terminal}}\n"
    assert blocks
    for block in blocks:
        whole = places + block if "routes:" in block else block
        validated(NotifySection, "README.md", read_yaml("README.md", whole))
