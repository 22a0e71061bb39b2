"""Rules are read anew when a file changes; a broken one changes nothing."""

import os
from itertools import count
from pathlib import Path

from monitor.logs import logger
from monitor.shelf import Shelf
from monitor.wiring import rules_shelf


def test_a_changed_file_is_read_and_a_broken_one_keeps_the_old_rules(tmp_path: Path) -> None:
    own = tmp_path / "rules"
    own.mkdir()

    shelf = rules_shelf(own)
    before = shelf().hash
    shelf().packs.compile(["en"])
    shelf.look()
    assert shelf().hash == before
    (own / "names.yaml").write_text("names: {FRA: la France}\n")
    shelf.look()
    after = shelf().hash
    assert after != before
    assert shelf().packs.compiled == {"en"}, "what is in use is compiled anew before it is needed"
    assert shelf().names["FRA"] == "la France"
    (own / "names.yaml").write_text("names: [broken\n")
    os.utime(own / "names.yaml", (1, 1))
    shelf.look()
    assert shelf().hash == after


def test_what_was_asked_for_is_read_at_the_next_look_though_no_file_changed() -> None:
    numbers = count()
    shelf = Shelf("numbers", lambda before: next(numbers), lambda: (), lambda old, new: {"new": new}, logger())
    shelf.look()
    assert shelf() == 0
    shelf.ask()
    assert shelf() == 0, "compiling takes seconds: not where it was asked"
    shelf.look()
    shelf.look()
    assert shelf() == 1
