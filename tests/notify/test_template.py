"""An operator's own wording: strict, in a sandbox, escaped for the destination."""

import httpx
import pytest

from monitor.errors import Faults
from monitor.message.report import Evidence
from tests.notify.desk import Desk, settings_of
from tests.notify.samples import alert
from tests.notify.server import Server


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
    with pytest.raises(Faults, match=r"destinations\.d\.template"):
        settings_of({"d": {"type": "terminal", "template": template}})


async def test_ours_go_out_where_theirs_fail(http: httpx.AsyncClient) -> None:
    template = "{{ 1 // (alert.outlets - 7) }} {{ sentence }}"
    desk = Desk(settings_of({"d": {"type": "terminal", "template": template}}), http)
    await desk.tell(alert("a1"), alert("a7", outlets=7, source="POL", message="a7"))
    first, second = desk.terminal.getvalue().strip().split("\n\n")
    assert first == "-1 South Korea summons Russia's ambassador"
    assert second.startswith("MEDIUM · South Korea summons")
