"""`demarche rules init`, `new-language` and `schema`: files to begin with, and what helps an editor."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import pycountry
import typer

from consumers.classify.source import read_source
from consumers.classify.workbench.schema import FOLDER, schemas, with_editor_line
from consumers.classify.workbench.translate import rules_to_fill
from monitor import starter
from monitor.errors import Faults, UserError
from monitor.rules_folder import read_packs, rules_folder

_MODEL = "en"  # the language whose proofs a new one is laid out after


def register(group: typer.Typer) -> None:
    group.command("init")(init)
    group.command("new-language")(new_language)
    group.command("schema")(schema)


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or an empty one.")]) -> None:
    """Begin a folder of your own rules, with one worked example of a kind of your own.

    Example: demarche rules init my-rules
    """
    if folder.exists() and any(folder.iterdir()):
        raise UserError(f"{folder}: is not empty; name a new folder")
    _write(folder, starter.overlay())
    _write_schemas(folder)
    typer.echo(f"{folder} holds a rule of your own. Next:")
    typer.echo(f"  demarche rules test {folder}")
    typer.echo(f'  demarche explain --rules {folder} "Latvia strips Belarusian president of state award"')
    typer.echo(f"and to run with it, in monitor.yaml:  rules: {{folder: {folder}}}")


def new_language(
    code: Annotated[str, typer.Argument(metavar="CODE", help="ISO 639-1, such as pt.")],
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="A folder of rules; ours if none.")] = None,
) -> None:
    """Lay out the files of a language: grammar, lists, and a rule for each kind with the proofs to write.

    Example: demarche rules new-language pt my-rules
    """
    if not code.islower() or pycountry.languages.get(alpha_2=code) is None:
        raise UserError(f"{code!r} is no language; write an ISO 639-1 code in small letters, such as pt")
    there = folder or rules_folder()
    if (there / code).exists():
        raise UserError(f"{there / code}: is there already")
    source = read_source(read_packs())
    if source.faults:
        raise Faults(source.faults)
    _write(there, {**starter.language(code), **dict(rules_to_fill(source, code, _MODEL))})
    _write_schemas(there)
    typer.echo(
        f"{there / code} is laid out. Begin with nouns.yaml and one rule; `demarche rules lint` says what is missing."
    )


def schema(
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="A folder of rules; ours if none.")] = None,
) -> None:
    """Write the JSON schemas of rule files to DIR/schema, and into each file the line by which an editor finds them.

    Example: demarche rules schema my-rules
    """
    there = folder or rules_folder()
    if not there.is_dir():
        raise UserError(f"{there}: no such folder of rules")
    typer.echo(f"{_write_schemas(there)} files now name their schema in {there / FOLDER}")


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _write_schemas(folder: Path) -> int:
    """Write the schemas; the number of files that got their line only now."""
    _write(folder / FOLDER, {name: json.dumps(one, indent=2) + "\n" for name, one in schemas().items()})
    changed = 0
    for file in sorted(folder.rglob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        marked = with_editor_line(file.relative_to(folder).as_posix(), text)
        if marked != text:
            file.write_text(marked, encoding="utf-8")
            changed += 1
    return changed
