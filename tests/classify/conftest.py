"""The rules of the program, compiled once, and items made of two texts."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from consumers.classify import Rules, compile_rules
from monitor.message.item import Item
from monitor.rules_folder import read_packs

MakeItem = Callable[..., Item]


@pytest.fixture(scope="session")
def rules() -> Rules:
    return compile_rules(read_packs())


@pytest.fixture(scope="session")
def item() -> MakeItem:
    def make(
        title: str,
        summary: str = "",
        content: str = "",
        published: str = "2024-03-05T12:00:00",
        lang: str = "en",
    ) -> Item:
        at = datetime.fromisoformat(published).replace(tzinfo=UTC)
        return Item(
            id="i", revision="1", feed="f", outlet="o", lang=lang, published=at, first_seen=at, title=title,
            summary=summary, content=content,
        )  # fmt: skip

    return make
