"""What is remembered has an end: of one incident, and of all."""

from datetime import timedelta

from tests.correlate.desk import Desk, at, report, told


def test_an_incident_keeps_so_many_claims_and_still_hears_what_is_new() -> None:
    desk = Desk.with_policy(most_claims=5)
    desk.hear(*(report(f"i{n}", at(1, n), f"o{n}", "Lima calls in envoy", "PER>BOL envoy-summoned") for n in range(9)))
    (live,) = desk.correlator.world.lives.values()
    assert [claim.item for claim in live.record.claims] == ["i0", "i1", "i2", "i3", "i4"]
    (alert,) = desk.hear(report("p", at(1, 10), "wire", "Lima protests to envoy", "PER>BOL formal-protest"))
    assert (alert.reason, alert.kinds) == ("new_detail", ("envoy-summoned", "formal-protest"))
    before = desk.groups()
    desk.restart()
    assert desk.groups() == before


def test_past_so_many_incidents_the_oldest_go_but_not_what_may_still_be_joined() -> None:
    desk = Desk.with_policy(most=3, longest=timedelta(days=5), fresh=timedelta(days=1))
    pairs = ["PER>BOL", "KOR>RUS", "TUR>GRC", "IND>PAK", "EGY>SDN"]
    desk.hear(
        *(
            report(f"i{n}", at(1 + 3 * n), "wire", f"Envoy called in {n}", f"{p} envoy-summoned")
            for n, p in enumerate(pairs)
        )
    )
    held = [live.record.source for live in desk.correlator.world.lives.values()]
    assert held == ["TUR", "IND", "EGY"]
    desk.hear(
        *(
            report(f"j{n}", at(13, 1 + n), "wire", f"Consul expelled {n}", f"FRA>{c} diplomats-expelled")
            for n, c in enumerate(("MLI", "NER", "BFA"))
        )
    )
    desk.hear(report("k", at(15), "wire", "Lima recalls envoy", "PER>BOL envoy-recalled"))
    sources = [live.record.source for live in desk.correlator.world.lives.values()]
    assert sources == ["IND", "EGY", "FRA", "FRA", "FRA", "PER"]


def test_late_claims_are_folded_in_where_they_belong_and_leave_what_was_before_alone() -> None:
    desk = Desk()
    desk.hear(
        report("a", at(1), "wire", "Lima calls in envoy over ferry", "PER>BOL envoy-summoned"),
        report("b", at(10), "wire", "Lima calls in envoy over copper prices", "PER>BOL envoy-summoned"),
        report("c", at(20), "wire", "Lima calls in envoy over football hooligans", "PER>BOL envoy-summoned"),
    )
    first = next(iter(desk.correlator.world.lives.values()))
    assert (
        desk.hear(report("d", at(10, 1), "daily", "Envoy called in over copper prices", "PER>BOL envoy-summoned")) == []
    )
    assert next(iter(desk.correlator.world.lives.values())) is first
    assert {group[3] for group in desk.groups()} == {("a",), ("b", "d"), ("c",)}
    assert told(desk.alerts) == ["PER>BOL envoy-summoned first medium"] * 3
