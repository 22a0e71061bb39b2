"""Rules are read anew when a file changes; a broken one changes nothing."""

import os
from pathlib import Path

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
