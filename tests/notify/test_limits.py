"""Whatever a headline holds, each destination's limits are kept, and no text of others pings, links or styles."""

import json
import random
import re
from email import message_from_bytes
from email.policy import default
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block, ContextBlock, HeaderBlock, SectionBlock

from consumers.notify.channel import channel, channel_names
from consumers.notify.clean import clean, cut, cut_bytes, web_link
from consumers.notify.exchange import Lines, Mail, Request
from consumers.notify.letter import Digest, DigestKind, Earlier, Form, Letter, Line
from monitor.message.alert import Alert, Reason
from monitor.message.kind import Level, Modality
from monitor.message.report import Evidence
from tests.notify.samples import NOON, alert, later, telling
from tests.notify.test_channels import example

NASTY = [
    "<!channel>", "<!here|x>", "@everyone", "@here ", "@all", "<@U012AB3CD>", "<#C012>", "<!subteam^S1>",
    "&amp;", "&lt;", "<https://evil.example|ok>", "[ok](https://evil.example)", "|", "||", "*", "_", "~", "`",
    "```", ">", "#", ":smile:", "\u202e", "\u2066", "\u200f", "\x00", "\x1b[31m",
    "\x1b]8;;https://evil.example\x07", "\ud83d", "\udc00", "\n", "\r\n", "<at>all</at>",
    "<script>alert(1)</script>", "</body>", "{{7*7}}", "{% x %}", "%s", "${x}", "\\", "\u200b", "\u2028",
    "초치했다", "вызвали посла", "استدعت السفير", "召見", "🇰🇷🇷🇺", "é" * 9, "A&B " * 40, "word " * 60, "x" * 300,
    "ﷺ" * 20,
]  # fmt: skip


def headline(seed: int) -> str:
    dice = random.Random(seed)  # noqa: S311  # repeatable, and no secret
    said = " ".join(dice.choice(NASTY) for _ in range(dice.randint(1, 12)))
    return said * 40 if seed % 97 == 0 else said


def told(text: str, form: Form = Form.POST) -> Letter:
    """A letter in which every text of others is this one."""
    middle = len(text) // 2
    one = alert(
        "a1",
        sentence=f"South Korea summons {text}",
        evidence=Evidence(text, max(middle - 5, 0), middle + 1, (text[:30], text[5:9]), "content"),
        tellings=(telling(outlet=text[:60], title=text, url=f"https://news.example/{text[:40]}"),),
        why=text,
        changed=(text[:50],),
    )
    return letter_of(one, form)


def letter_of(one: Alert, form: Form) -> Letter:
    if form is Form.DIGEST:
        lines = tuple(Line(alert=msgspec.structs.replace(one, id=f"a{n}"), note="x") for n in range(20))
        return Letter(key="k1", form=form, digest=Digest(kind=DigestKind.DAILY, lines=lines, total=20), at=NOON)
    earlier = Earlier(alert="a0", sentence=one.sentence, at=NOON, level=Level.LOW) if form is Form.CORRECTION else None
    return Letter(key="k1", form=form, alerts=(one,), earlier=earlier, at=NOON)


def shown(name: str, letter: Letter, **more: Any) -> Any:
    """What goes out, as the destination reads it."""
    options = example(name).model_copy(update=more)
    sendable = channel(name).render(letter, options)
    used = channel(name).used(sendable)
    for limit, size in channel(name).LIMITS:
        assert used.get(limit, 0) <= size, f"{limit}: {used.get(limit)} of {size}"
    match sendable:
        case Request():
            return json.loads(sendable.content.decode("utf-8"))
        case Lines():
            return sendable
        case Mail():
            return message_from_bytes(sendable.content, policy=default)


def harmless(name: str, out: Any) -> None:
    """No text of others pings, links or styles."""
    match name:
        case "slack" | "slack_bot":
            slack_is_well(out)
            slack_is_valid(out)
        case "discord":
            assert out["allowed_mentions"] == {"parse": []}
        case "mattermost":
            assert not re.search(r"@(all|here|channel|everyone)", out["text"])
            assert "<!" not in out["text"].replace("\\<", "")
        case "teams":
            said = json.dumps(out["attachments"][0]["content"]["body"])
            assert "<at>" not in said.replace("\\\\<", "")
        case "terminal":
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", out.text)
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", unstyled(out.styled()))
        case "email":
            assert "\n" not in out["subject"]
            assert "<script" not in out.get_body(("html",)).get_content()


def unstyled(text: str) -> str:
    """Without the codes that we wrote ourselves."""
    return re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", text)


# what a message of ours may hold in pointed brackets: a link of the web, a date, and nothing else
OURS = re.compile(r"<(https?://[^<>|\s]+\|[^<>|]*|!date\^\d+\^\{date_short_pretty\} \{time\}\|[^<>|]*)>")


def slack_is_valid(out: dict[str, Any]) -> None:
    """As slack_sdk's models see it."""
    kinds: dict[str, type[Block]] = {"header": HeaderBlock, "section": SectionBlock, "context": ContextBlock}
    for block in out["blocks"]:
        kinds[block["type"]](**{key: value for key, value in block.items() if key != "type"}).validate_json()


def slack_is_well(out: dict[str, Any]) -> None:
    for block in out["blocks"]:
        texts = block.get("elements") or [block["text"]]
        for text in texts:
            if text["type"] == "mrkdwn":
                assert 0 < len(text["text"]) <= 3000
                assert "<" not in OURS.sub("", text["text"])
                assert not re.search(r"&(?!amp;|lt;|gt;)", text["text"])
            else:
                assert not text["emoji"]
    assert "<" not in out["text"]
    assert len(out["text"]) < 4000


@pytest.mark.parametrize("form", [Form.POST, Form.CORRECTION, Form.DIGEST, Form.CONFIRMED])
@pytest.mark.parametrize("name", channel_names())
def test_nasty_headlines_do_no_harm(name: str, form: Form) -> None:
    for seed in range(0, 1000, 31):
        harmless(name, shown(name, told(headline(seed), form)))


def test_ten_thousand_headlines_do_no_harm_in_slack() -> None:
    for seed in range(10_000):
        slack_is_well(shown("slack", told(headline(seed))))


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(), max_size=400))
def test_any_text_does_no_harm_anywhere(text: str) -> None:
    for name in channel_names():
        harmless(name, shown(name, told(text)))


@pytest.mark.parametrize("name", channel_names())
def test_the_longest_of_everything_keeps_the_limits(name: str) -> None:
    long = "장관이 " * 4000
    tellings = tuple(telling(n, outlet=long, title=long, url="https://news.example/" + "x" * 1900) for n in range(30))
    one = alert(
        "a1",
        sentence=long,
        evidence=Evidence(long, 500, 900, (long,) * 9),
        tellings=tellings,
        why=long,
        changed=(long,) * 20,
        level=Level.CRITICAL,
        chain=(),
    )
    harmless(name, shown(name, letter_of(one, Form.POST), detail="full"))
    page = channel(name).TRAITS.page
    lines = tuple(
        Line(alert=msgspec.structs.replace(one, id=f"a{n}"), why="storm", note=long[:60]) for n in range(page)
    )
    digest = Digest(kind=DigestKind.STORM, lines=lines, total=page)
    harmless(name, shown(name, Letter(key="k", form=Form.DIGEST, digest=digest, at=NOON)))
    shown(name, msgspec.structs.replace(letter_of(one, Form.POST), plain=True))


@pytest.mark.parametrize("name", channel_names())
def test_every_line_of_a_page_is_shown(name: str) -> None:
    page = channel(name).TRAITS.page
    lines = tuple(
        Line(alert=alert(f"a{n}", sentence=f"State number {n} summons the ambassador of Russia over a row at sea {n}"))
        for n in range(page)
    )
    digest = Digest(kind=DigestKind.STORM, lines=lines, total=page)
    out = shown(name, Letter(key="k", form=Form.DIGEST, digest=digest, at=NOON))
    said = out.text if isinstance(out, Lines) else out.get_body().get_content() if name == "email" else json.dumps(out)
    said = said.replace("\\\\", "").replace("\r\n", "").replace("\n", " ")
    assert all(f"at sea {n}" in said for n in range(page))


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("name", channel_names())
def test_the_same_sentence_stands_everywhere(name: str, reason: Reason) -> None:
    one = later(alert(), "a2", reason)
    form = Form.CORRECTION if reason in (Reason.CORRECTED, Reason.RETRACTED) else Form.POST
    out = shown(name, letter_of(one, form))
    said = out.text if isinstance(out, Lines) else out.as_string() if name == "email" else json.dumps(out)
    assert "South Korea summons Russia's ambassador" in said


@pytest.mark.parametrize("name", [name for name in channel_names() if channel(name).TRAITS.people])
def test_planned_is_said_and_a_sample_too(name: str) -> None:
    one = alert(modality=Modality.PLANNED)
    out = shown(name, msgspec.structs.replace(letter_of(one, Form.POST), sample=True))
    said = out.text if isinstance(out, Lines) else out.as_string() if name == "email" else json.dumps(out)
    assert "PLANNED" in said
    assert "TEST" in said


@pytest.mark.parametrize("text", ["", "a", "one two three", "장관이 대사를 초치했다 그리고", "x" * 50])
def test_cuts_keep_words_and_lengths(text: str) -> None:
    for limit in range(1, 60):
        assert len(cut(text, limit)) <= limit
        if limit > 3:
            assert len(cut_bytes(text, limit).encode()) <= limit
    assert cut("one two three", 9) == "one two…"


def test_marks_that_turn_the_writing_and_codes_are_taken_out() -> None:
    assert clean("a\u202eb\x00c\x1b[31m d\ud800") == "abc[31m d\ufffd"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://x/y", "//x", "", "http://", "data:text/html,x", "http://["]
)
def test_only_links_of_the_web_are_links(url: str) -> None:
    assert web_link(url) == ""
