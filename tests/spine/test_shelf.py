"""Rules are read anew when a file changes; a broken one changes nothing."""

import os
from pathlib import Path

from consumers.classify import PackText
from monitor.rules_folder import read_packs
from monitor.shelf import Shelf
from tests.spine.test_stage import quiet


def test_a_changed_file_is_read_and_a_broken_one_keeps_the_old_rules(tmp_path: Path) -> None:
    ours = read_packs()
    own = tmp_path / "rules"
    own.mkdir()

    def read() -> tuple[PackText, ...]:
        return read_packs(overlay=own)

    shelf = Shelf(read, (own,), quiet())
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
    assert len(ours) > 20
