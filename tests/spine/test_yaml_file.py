"""Every fault of a YAML file at once, each with its line and a remedy."""

import pytest
from pydantic import BaseModel, ConfigDict

from monitor.errors import Faults
from monitor.yaml_file import read_yaml, validated


class Hook(BaseModel):
    model_config = ConfigDict(extra="forbid")
    url: str
    tries: int = 3


class File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    hooks: list[Hook] = []
    named: dict[str, Hook] = {}
    main: Hook | None = None


def faults(text: str) -> list[str]:
    with pytest.raises(Faults) as raised:
        validated(File, "f.yaml", read_yaml("f.yaml", text))
    return [str(fault) for fault in raised.value.faults]


def test_all_faults_come_at_once_with_their_lines() -> None:
    text = "hooks:\n  - url: a\n    tires: 4\n  - tries: ''\nmain:\n  url: [1]\n"
    assert faults(text) == [
        "f.yaml:3:5: hooks.0.tires: unknown key; did you mean 'tries'?",
        "f.yaml:4:5: hooks.1.url: missing; it must be given",
        "f.yaml:4:5: hooks.1.tries: input should be a valid integer, unable to parse string as an integer (given: '')",
        "f.yaml:6:3: main.url: input should be a valid string",
    ]


def test_unknown_key_in_a_mapping_names_the_nearest_or_all() -> None:
    assert faults("named:\n  a:\n    url: x\n    qqq: 1\n") == [
        "f.yaml:4:5: named.a.qqq: unknown key; known keys: tries, url"
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [("hooks: [a\nb: c", "f.yaml:"), ("a: 1\na: 2\n", "f.yaml:2"), ("\tx: 1", "f.yaml:1"), ("a: \x00", "f.yaml")],
    ids=["unclosed", "key twice", "tab", "control character"],
)
def test_text_that_is_no_yaml_is_one_fault_with_its_place(text: str, place: str) -> None:
    (fault,) = faults(text)
    assert fault.startswith(place)
    assert "not YAML" in fault


def test_empty_file_is_the_defaults() -> None:
    assert validated(File, "f.yaml", read_yaml("f.yaml", "# nothing\n")) == File()
