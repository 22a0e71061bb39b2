"""A YAML file that a person wrote, read into a pydantic model: every fault at once, each with its line and a remedy.

Parsed by libyaml, which is 30 times as fast as a parser in Python (ten languages of rules are read at each start);
scalars mean what YAML 1.2's core schema says, so that `no` is a word, and a country code.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from monitor.errors import Fault, Faults

Model = TypeVar("Model", bound=BaseModel)
Place = Sequence[str | int]

# Tags are not asked for: `_scalar` says what a scalar means, and PyYAML's own guess takes a tenth of the time.
_Loader = type("_Loader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {"resolve": lambda *asked: ""})
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_CODES = {"extra_forbidden": "unknown-key", "missing": "missing-key"}
_DEPTH = 40  # a file that a person wrote is never deeper


class Map(dict[Any, Any]):
    """A mapping that knows line and column of each of its keys, from 1."""

    lines: dict[Any, int]
    columns: dict[Any, int]


class Seq(list[Any]):
    """A sequence that knows line and column of each of its elements, from 1."""

    lines: list[int]
    columns: list[int]


def read_yaml(path: str, text: str) -> Any:
    """The document in `text`, of `Map`, `Seq` and plain values. Raises `Faults` for text that is no YAML."""
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
        return None if node is None else _value(path, node, 0)
    except yaml.MarkedYAMLError as why:
        mark = why.problem_mark or why.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise Faults([_no_yaml(path, line, f"{why.problem or why.context}", column)]) from None
    except (yaml.YAMLError, ValueError) as why:
        raise Faults([_no_yaml(path, 0, str(why).splitlines()[0])]) from None


def _no_yaml(path: str, line: int, why: str, column: int = 0) -> Fault:
    return Fault(path, line, f"not YAML: {why}", column, "not-yaml")


def _value(path: str, node: Node, depth: int) -> Any:
    line = node.start_mark.line + 1
    if depth > _DEPTH:
        raise Faults([Fault(path, line, "nested too deeply", code="not-yaml")])
    if isinstance(node, ScalarNode):
        return _scalar(node)
    if isinstance(node, SequenceNode):
        found = Seq(_value(path, one, depth + 1) for one in node.value)
        found.lines = [one.start_mark.line + 1 for one in node.value]
        found.columns = [one.start_mark.column + 1 for one in node.value]
        return found
    table = Map()
    table.lines, table.columns = {}, {}
    for key, value in node.value if isinstance(node, MappingNode) else ():
        name = _value(path, key, depth + 1)
        line = key.start_mark.line + 1
        if isinstance(name, (Map, Seq)):
            raise Faults([_no_yaml(path, line, "a key must be a word")])
        if name in table:
            raise Faults([_no_yaml(path, line, f"the key {name!r} stands twice, first on line {table.lines[name]}")])
        table[name] = _value(path, value, depth + 1)
        table.lines[name] = line
        table.columns[name] = key.start_mark.column + 1
    return table


def _scalar(node: ScalarNode) -> Any:
    text: str = node.value
    if node.style:  # quoted, or a block: a text whatever it looks like
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def validated(model: type[Model], path: str, data: Any) -> Model:
    """`data` (of `read_yaml`, or None for an empty file) as a `model`. Raises `Faults`, all of them."""
    try:
        return model.model_validate(data if data is not None else {})
    except ValidationError as why:
        raise Faults(list(_faults(model, path, data, why))) from None


def line_of(data: Any, place: Place) -> int:
    """The line, from 1, of the key or element at `place`; of the nearest thing above it where that is missing."""
    return place_of(data, place)[0]


def place_of(data: Any, place: Place) -> tuple[int, int]:
    """Line and column, from 1, of the key or element at `place`; of the nearest thing above where it is missing."""
    found = (1, 1)
    for step in place:
        there = step in data if isinstance(data, Map) else isinstance(data, Seq) and step in range(len(data))
        if not there:
            return found
        found = (data.lines[step], data.columns[step])
        data = data[step]
    return found


def _faults(model: type[BaseModel], path: str, data: Any, why: ValidationError) -> Iterator[Fault]:
    for error in why.errors(include_url=False):
        place = tuple(step for step in error["loc"] if _is_written(step))
        written = _untagged(data, place)
        name = ".".join(str(step) for step in written)
        line, column = place_of(data, written)
        text = f"{name}: {_said(model, place, error)}" if name else _said(model, (), error)
        yield Fault(path, line, text, column, _CODES.get(error["type"], "bad-value"))


def _untagged(data: Any, place: Place) -> Place:
    """The place as it is written: pydantic puts the tag of a union, the value of its `type`, among the keys."""
    kept: list[str | int] = []
    for step in place:
        if isinstance(data, Map) and step not in data and data.get("type") == step:
            continue
        kept.append(step)
        there = step in data if isinstance(data, Map) else isinstance(data, Seq) and step in range(len(data))
        data = data[step] if there else None
    return tuple(kept)


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
