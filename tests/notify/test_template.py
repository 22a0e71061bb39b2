"""An operator's own wording: strict, in a sandbox, escaped for the destination."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from monitor.errors import Faults
from monitor.message.alert import Reason
from monitor.message.report import Evidence
from monitor.settings import load_settings
from monitor.settings.notify import NotifySection
from monitor.yaml_file import validated
from tests.notify.desk import Desk, settings_of
from tests.notify.samples import alert, later
from tests.notify.server import Answer, Server


async def test_own_words_are_escaped_for_the_destination(server: Server, http: httpx.AsyncClient) -> None:
    template = "*{{ level | upper }}* <https://desk.example|desk>: {{ sentence }} ({{ alert.kind }}) {{ evidence }}"
    desk = Desk(settings_of({"d": {"type": "slack", "url": server.script("/slack"), "template": template}}), http)
    await desk.tell(alert(evidence=Evidence("<!channel> & all", 0, 0)))
    (asked,) = server.asked
    assert asked.json["text"] == (
        "*MEDIUM* <https://desk.example|desk>: South Korea summons Russia's ambassador (envoy-summoned) "
        "&lt;!channel&gt; &amp; all"
    )
    assert "blocks" not in asked.json


@pytest.mark.parametrize(
    "template",
    [
        "{{ sentense }}",
        "{{ alert.nothing }}",
        "{% if %}",
        "{{ 1 / 0 }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ alert.__init__.__globals__ }}",
        "{% for a in range(10**9) %}x{% endfor %}",
    ],
)
def test_a_template_that_fails_is_a_fault_of_the_settings(template: str) -> None:
    written = {"destinations": {"d": {"type": "terminal", "template": template}}}
    with pytest.raises(Faults, match=r"template: on an alert"):
        validated(NotifySection, "monitor.yaml", written)


async def test_ours_go_out_where_theirs_fail(http: httpx.AsyncClient) -> None:
    template = "{{ 1 // (alert.outlets - 7) }} {{ sentence }}"
    desk = Desk(settings_of({"d": {"type": "terminal", "template": template}}), http)
    await desk.tell(alert("a1"), alert("a7", outlets=7, source="POL", message="a7"))
    first, second = desk.terminal.getvalue().strip().split("\n\n")
    assert first == "-1 South Korea summons Russia's ambassador"
    assert second.startswith("MEDIUM · South Korea summons")


@pytest.mark.parametrize("template", ["{{ sentense }}", "{% if reason == 'retracted' %}{{ nothing }}{% endif %} x"])
def test_its_fault_is_told_with_its_line_among_all_others(template: str, tmp_path: Path) -> None:
    file = tmp_path / "monitor.yaml"
    file.write_text(f'destinations:\n  d:\n    type: terminal\n    template: "{template}"\n  e: {{type: teams}}\n')
    with pytest.raises(Faults) as why:
        load_settings(file, {})
    first, second = str(why.value).splitlines()
    assert first.startswith(f"{file}:4:5: destinations.d.template: on an alert whose reason is ")
    assert second.startswith(f"{file}:5:3: destinations.e: missing")


async def test_no_words_of_his_hide_a_withdrawal_or_a_repeat(server: Server, http: httpx.AsyncClient) -> None:
    """Without a mark, a withdrawal would read as the act told once more."""
    url = server.script("/slack", Answer(fault="reset"), Answer())
    desk = Desk(settings_of({"d": {"type": "slack", "url": url, "template": "{{ sentence }}"}}), http)
    await desk.tell(alert())
    await desk.run(timedelta(seconds=8))
    await desk.tell(later(alert(), "a2", Reason.RETRACTED))
    await desk.run(timedelta(seconds=8))
    said = "South Korea summons Russia's ambassador"
    assert [one.json["text"] for one in server.asked] == [
        said,
        f"{said} (re-sent: an earlier attempt may have arrived)",
        f"CORRECTED: retracted: {said}\n{said}",
    ]
