"""What `demarche rules init` and `demarche rules new-language` lay out: files to begin with."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable


def overlay() -> dict[str, str]:
    """The files of a folder of one's own rules, by their paths in it."""
    return dict(_below(files(__name__).joinpath("overlay"), ""))


def language(code: str) -> dict[str, str]:
    """The files of a new language, by their paths in a folder of rules."""
    found = _below(files(__name__).joinpath("language"), f"{code}/")
    return {path: text.replace("lang: CODE", f"lang: {code}") for path, text in found}


def _below(folder: Traversable, above: str) -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _below(entry, f"{above}{entry.name}/")
        elif entry.name.endswith(".yaml"):
            yield above + entry.name, entry.read_text(encoding="utf-8")
