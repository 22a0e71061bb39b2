"""Where the rules are: the folder beside the package `consumers`, and an operator's own laid over it."""

from pathlib import Path

import consumers
from consumers.classify import PackText
from monitor.errors import UserError


def rules_folder() -> Path:
    """The folder of the rules that come with the program. It is found, never imported."""
    return Path(consumers.__file__).resolve().parent.parent / "rules"


def read_packs(folder: Path | None = None, overlay: Path | None = None) -> tuple[PackText, ...]:
    """All YAML files below `folder` (ours, where it is None), then those of the operator's `overlay`.

    Raises `UserError` where a folder is not there.
    """
    ours = folder or rules_folder()
    return (*_files(ours, 0), *(_files(overlay, 1) if overlay is not None else ()))


def _files(folder: Path, layer: int) -> list[PackText]:
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder of rules")
    paths = sorted(path for path in folder.rglob("*.yaml") if path.is_file())
    return [_file(path, folder, layer) for path in paths]


def _file(path: Path, folder: Path, layer: int) -> PackText:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as why:
        raise UserError(f"{path}: cannot be read: {why}") from None
    return PackText(path.relative_to(folder).as_posix(), text, str(path), layer)


def read_folder(path: Path | None) -> tuple[tuple[PackText, ...], int]:
    """The files that make sense of a folder, or of the folder that a file is in, and its layer: 0 where it holds rules
    that stand alone (ours, for None), 1 where it is to lie over ours. Raises `UserError`.
    """
    folder = _folder_of(path) if path is not None and path.is_file() else path
    if folder is None or stands_alone(folder):
        return read_packs(folder), 0
    return read_packs(overlay=folder), 1


def stands_alone(folder: Path) -> bool:
    """Whether a folder has all that rules need: tables of kinds and of names, and a list of actors."""
    tables = all((folder / name).is_file() for name in ("kinds.yaml", "names.yaml"))
    return tables and any(folder.glob("actors/*.yaml"))


def _folder_of(file: Path) -> Path:
    """The folder of rules in which `LANG/kinds/KIND.yaml` or `LANG/nouns.yaml` lies."""
    above = file.resolve().parents
    depth = 2 if above[0].name == "kinds" else 1
    return next((folder for folder in above[: depth + 1] if (folder / "kinds.yaml").is_file()), above[depth])
