"""The way of an alert to the terminal, to Slack and to a webhook."""

from datetime import timedelta

import httpx

from monitor.message.delivery import DeliveryState
from tests.notify.desk import Desk, settings_of
from tests.notify.samples import alert
from tests.notify.server import Answer, Server


async def test_with_no_settings_the_alert_is_printed(http: httpx.AsyncClient) -> None:
    desk = Desk(settings_of(), http)
    await desk.tell(alert())
    assert desk.terminal.getvalue().splitlines()[0] == "MEDIUM · South Korea summons Russia's ambassador"
    assert desk.states() == [DeliveryState.DELIVERED]
    assert not desk.pending()


async def test_the_slack_variable_alone_adds_slack(server: Server, http: httpx.AsyncClient) -> None:
    url = server.script("/services/T/B/x")
    desk = Desk(settings_of(environ={"DEMARCHE_SLACK_WEBHOOK_URL": url}), http)
    await desk.tell(alert())
    (asked,) = server.asked
    assert asked.json["text"].startswith("MEDIUM · South Korea summons Russia&#x27;s ambassador".replace("&#x27;", "'"))
    assert desk.states() == [DeliveryState.DELIVERED]


async def test_a_failing_webhook_is_tried_again_by_the_schedule(server: Server, http: httpx.AsyncClient) -> None:
    url = server.script("/hook", Answer(500), Answer(503), Answer(200))
    desk = Desk(settings_of({"desk": {"type": "webhook", "url": url}}), http)
    await desk.tell(alert())
    assert len(server.asked) == 1
    await desk.run(timedelta(seconds=6))
    assert len(server.asked) == 2
    desk.restart()
    await desk.run(timedelta(seconds=40))
    assert [one.headers["webhook-id"] for one in server.asked] == ["a1"] * 3
    assert desk.states() == [DeliveryState.RETRYING, DeliveryState.RETRYING, DeliveryState.DELIVERED]
