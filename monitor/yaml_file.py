"""A YAML file that a person wrote, read into a pydantic model: every fault at once, each with its line and a remedy."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from monitor.errors import Fault, Faults

Model = TypeVar("Model", bound=BaseModel)
Place = Sequence[str | int]


def read_yaml(path: str, text: str) -> Any:
    """The document in `text`, which knows the line of each key. Raises `Faults` for text that is no YAML."""
    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    try:
        return yaml.load(text)
    except MarkedYAMLError as why:
        mark = why.problem_mark or why.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise Faults([Fault(path, line, f"not YAML: {why.problem or why.context}", column)]) from None
    except (YAMLError, ValueError) as why:
        raise Faults([Fault(path, 0, f"not YAML: {str(why).splitlines()[0]}")]) from None


def validated(model: type[Model], path: str, data: Any) -> Model:
    """`data` (of `read_yaml`, or None for an empty file) as a `model`. Raises `Faults`, all of them."""
    try:
        return model.model_validate(_plain(data) if data is not None else {})
    except ValidationError as why:
        raise Faults(list(_faults(model, path, data, why))) from None


def line_of(data: Any, place: Place) -> int:
    """The line, from 1, of the key or element at `place`; of the nearest thing above it where that is missing."""
    line = 1
    for step in place:
        if isinstance(data, CommentedMap) and step in data:
            line = data.lc.key(step)[0] + 1
        elif isinstance(data, CommentedSeq) and isinstance(step, int) and step < len(data):
            line = data.lc.item(step)[0] + 1
        else:
            return line
        data = data[step]
    return line


def _plain(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(value) for value in data]
    if isinstance(data, str):
        return str(data)
    return data


def _faults(model: type[BaseModel], path: str, data: Any, why: ValidationError) -> Iterator[Fault]:
    for error in why.errors(include_url=False):
        place = tuple(step for step in error["loc"] if _is_written(step))
        name = ".".join(str(step) for step in place)
        yield Fault(
            path, line_of(data, place), f"{name}: {_said(model, place, error)}" if name else _said(model, (), error)
        )


def _is_written(step: str | int) -> bool:
    # pydantic puts names of union members, such as `function-after[...]`, among the keys
    return isinstance(step, int) or not step.startswith(("function-", "tagged-union", "union", "constrained-"))


def _said(model: type[BaseModel], place: Place, error: ErrorDetails) -> str:
    if error["type"] == "extra_forbidden" and place:
        known = _keys_at(model, place[:-1])
        near = difflib.get_close_matches(str(place[-1]), known, n=1, cutoff=0.5)
        remedy = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(sorted(known))}"
        return f"unknown key; {remedy}"
    if error["type"] == "missing":
        return "missing; it must be given"
    said = error["msg"].removeprefix("Value error, ")
    given = error["input"]
    shown = (
        f" (given: {given!r})" if isinstance(given, str | int | float | bool) and error["type"] != "value_error" else ""
    )
    return said[:1].lower() + said[1:] + shown


def _keys_at(model: type[BaseModel], place: Place) -> list[str]:
    """The keys that a model knows at `place`; through lists, mappings, options and unions."""
    found = [model]
    for step in place:
        following: list[type[BaseModel]] = []
        for one in found:
            if isinstance(step, int):
                following.append(one)
            elif step in _aliases(one):
                following += _models_in(one.model_fields[_aliases(one)[step]].annotation)
            else:  # the key of a mapping, or the tag of a union
                following.append(one)
        found = following
    return sorted({key for one in found for key in _aliases(one)})


def _aliases(model: type[BaseModel]) -> dict[str, str]:
    return {field.alias or name: name for name, field in model.model_fields.items()}


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]
