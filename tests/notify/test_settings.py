"""The settings of notify: every fault at once, each at its line, and none of them tells a secret."""

from pathlib import Path

import pytest

from consumers.notify.secret import Secret
from monitor.errors import Faults
from monitor.settings import load_settings, unknown_in_routes
from monitor.settings.notify import NotifySection, notify_settings
from monitor.yaml_file import read_yaml, validated

WRONG = """\
destinations:
  desk:
    type: slack
    urll: https://hooks.slack.example/services/very-secret
  hook:
    type: webhook
    url: https://receiver.example/very-secret
    secret: whsec_very-secret
  both:
    type: discord
    url: https://discord.example/very-secret
    url_file: /run/secrets/x
  shout:
    type: webhook
    url: https://receiver.example/x
    mention: "@here"
  pager: {type: pager}
routes:
  - match: {pair: KOR}
    to: desk
  - match: {region: Atlantis}
    quiet: {from: "22:00", to: "06:00", zone: Mars/Phobos}
minimum_level: loud
"""
SAID = {
    4: ["destinations.desk.urll", "did you mean 'url'"],
    9: ["both", "give url or url_file, not both"],
    13: ["shout", "pings nobody"],
    17: ["pager"],
    19: ["a pair is two codes"],
    21: ["Atlantis"],
    22: ["no such time zone"],
    23: ["minimum_level"],
}


def faults_of(text: str) -> Faults:
    with pytest.raises(Faults) as caught:
        validated(NotifySection, "monitor.yaml", read_yaml("monitor.yaml", text))
    return caught.value


def test_all_faults_come_at_once() -> None:
    faults = faults_of(WRONG).faults
    for line, words in SAID.items():
        assert any(fault.line == line and all(word in fault.text for word in words) for fault in faults), words
    assert len(faults) == len(SAID) + 1, "and the secret of the hook"


def test_no_fault_tells_a_secret() -> None:
    assert "very-secret" not in str(faults_of(WRONG))


def test_a_route_to_nowhere_is_a_fault() -> None:
    said = str(faults_of("destinations: {desk: {type: terminal}}\nroutes: [{to: [desk, disk]}]\n"))
    assert "no such destination: disk" in said


@pytest.mark.parametrize(
    ("match", "said"),
    [
        ("kind: [threat, thret]", "routes.0.match.kind: no such kind: thret; there are "),
        ("pair: KOR-XXX", "routes.0.match.pair: no such state or body: XXX"),
        ("source: Korea", "routes.0.match.source: no such state or body: Korea"),
    ],
)
def test_a_route_that_nothing_takes_is_a_fault(match: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "monitor.yaml"
    file.write_text(f"routes:\n  - to: terminal\n    match: {{{match}}}\n")
    loaded = load_settings(file, {})
    with pytest.raises(Faults) as why:
        unknown_in_routes(loaded, file, {"threat": 1}, {"KOR": 1, "RUS": 1, "EU": 1})
    assert str(why.value).startswith(f"{file}:3:13: {said}")


@pytest.mark.parametrize("kind", ["slack", "webhook", "teams", "discord", "mattermost"])
def test_what_is_no_url_is_refused_and_not_told(kind: str) -> None:
    for url in ("hooks.example/very-secret", "ftp://x/very-secret", "https:///very-secret", "http://x:y/very-secret"):
        said = str(faults_of(f"destinations: {{d: {{type: {kind}, url: '{url}'}}}}"))
        assert "no http or https URL" in said
        assert "very-secret" not in said


def test_paths_start_at_the_folder_of_the_settings() -> None:
    section = NotifySection.model_validate({"destinations": {"d": {"type": "slack", "url_file": "secrets/url"}}})
    placed = section.destinations["d"].placed(Path("/etc/demarche"))
    assert placed.model_dump()["url_file"] == Path("/etc/demarche/secrets/url")


def test_a_variable_and_its_file_form_are_not_given_both() -> None:
    with pytest.raises(Faults, match="not both"):
        notify_settings(
            NotifySection(),
            {"DEMARCHE_SLACK_WEBHOOK_URL": "https://x.example/y", "DEMARCHE_SLACK_WEBHOOK_URL_FILE": "/x"},
        )
    with pytest.raises(Faults, match="no http or https URL"):
        notify_settings(NotifySection(), {"DEMARCHE_SLACK_WEBHOOK_URL": "hooks.slack.example"})


def test_the_file_form_of_the_variable(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("https://hooks.slack.example/services/one\n")
    settings = notify_settings(NotifySection(), {"DEMARCHE_SLACK_WEBHOOK_URL_FILE": str(file)})
    options = settings.destinations["slack"]
    assert [secret.text for secret in options.opened().secrets()] == ["https://hooks.slack.example/services/one"]
    file.write_text("https://hooks.slack.example/services/two")
    assert [secret.text for secret in options.opened().secrets()] == ["https://hooks.slack.example/services/two"]
    assert options.guards(options.opened().secrets()[0])


def test_a_secret_shows_nothing() -> None:
    secret = Secret("very-secret")
    assert {str(secret), repr(secret), f"{secret}"} == {"***"}
