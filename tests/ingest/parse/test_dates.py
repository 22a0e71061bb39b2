"""Dates as feeds print them."""

# ruff: noqa: RUF001 - dates in other scripts

from datetime import UTC, datetime, timedelta, timezone

import pytest
from babel.dates import format_datetime
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ingest.parse.dates import Reader

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def read(text: str, tag: str = "", others: tuple[str, ...] = ()) -> str:
    """The instant as ISO text without its offset, "" where there is none."""
    found = Reader([text, *others], tag=tag, now=NOW).read(text)
    return found.isoformat().removesuffix("+00:00") if found else ""


CLEAR = [
    ("Mon, 02 Mar 2026 09:05:00 GMT", "2026-03-02T09:05:00"),
    ("Mon, 2 Mar 2026 09:05 +0100", "2026-03-02T08:05:00"),
    ("2 Mar 2026 09:05:00 EST", "2026-03-02T14:05:00"),
    ("Monday, 02-Mar-2026 09:05:00 EDT", "2026-03-02T13:05:00"),
    ("Mon, 02 March 2026 09:05:00 PST", "2026-03-02T17:05:00"),
    ("Mon, 02 Mar 2026 09:05:00 Z", "2026-03-02T09:05:00"),
    ("Mon, 02 Mar 2026 09:05:00 UTC", "2026-03-02T09:05:00"),
    ("Mon Mar 02 2026 09:05:00 GMT+0100 (Central European Standard Time)", "2026-03-02T08:05:00"),
    ("Mon Mar 02 2026 18:05:00 GMT+0900 (한국 표준시)", "2026-03-02T09:05:00"),
    ("Mon, 02 Mar 2026 09:05 (KST)", "2026-03-02T00:05:00"),
    ("Mon, 02 Mar 2026 09:05:00 +0000 (UTC)", "2026-03-02T09:05:00"),
    ("Mon, 02 Mar 2026 09:05:00 +0530 IST", "2026-03-02T03:35:00"),
    ("Mon,02 Mar 2026 9:5:7 GMT+9", "2026-03-02T00:05:07"),
    ("Mon, 02 Mar 2026 09:05:00 GMT-0300", "2026-03-02T12:05:00"),
    ("Mon, 02 Mar 2026 09:05:00 UTC+03:00", "2026-03-02T06:05:00"),
    ("Mon, 02 Mar 2026 09:05:00 +3", "2026-03-02T06:05:00"),
    ("Mon, 02 Mar 2026 09:05:00 MSK", "2026-03-02T06:05:00"),
    ("Mon, 02 Mar 2026 09:05:00 JST", "2026-03-02T00:05:00"),
    ("Mon, 02 Mar 2026 09:05:00 CEST", "2026-03-02T07:05:00"),
    ("Mon, 02 Mar 2026 09:05:00", "2026-03-02T09:05:00"),
    ("Mon Mar 02 09:05:00 2026", "2026-03-02T09:05:00"),
    ("Mon Mar 02 09:05:00 EST 2026", "2026-03-02T14:05:00"),
    ("Mon Mar 02 09:05:00 +0900 2026", "2026-03-02T00:05:00"),
    ("Mon, Mar 2 2026 02:05:33 PM", "2026-03-02T14:05:33"),
    ("Monday, March 2, 2026 04:42 PM", "2026-03-02T16:42:00"),
    ("March 2nd, 2026 at 4:42 p.m.", "2026-03-02T16:42:00"),
    ("Mar 2, 2026 12:10 am", "2026-03-02T00:10:00"),
    ("Mar 2, 2026 12:10 pm EST", "2026-03-02T17:10:00"),
    ("2 Mar 2026 4pm", "2026-03-02T16:00:00"),
    ("Mon, 02 Mar 26 09:05:00 +0000", "2026-03-02T09:05:00"),
    ("Wed, 02 Mar 94 09:05:00 +0000", "1994-03-02T09:05:00"),
    ("Tue, 02 Mar 2026 09:05:00 GMT", "2026-03-02T09:05:00"),  # it was a Monday
    ("2026-03-02", "2026-03-02T00:00:00"),
    ("2026-03-02T09:05:00Z", "2026-03-02T09:05:00"),
    ("2026-03-02t09:05:00.123456789z", "2026-03-02T09:05:00"),
    ("2026-03-02T09:05:00,5+01:00", "2026-03-02T08:05:00"),
    ("2026-03-02T09:05+0100", "2026-03-02T08:05:00"),
    ("2026-03-02T09:05:00+01", "2026-03-02T08:05:00"),
    ("2026-03-02T09:05:00+02:00[Europe/Kyiv]", "2026-03-02T07:05:00"),
    ("2026-03-02 09:05:00", "2026-03-02T09:05:00"),
    ("2026-03-02 09:05:00 +0800", "2026-03-02T01:05:00"),
    ("2026-03-02 09:05:00 KST", "2026-03-02T00:05:00"),
    ("2026-03-02 09:05 PM", "2026-03-02T21:05:00"),
    ("2026-03-02T24:00:00Z", "2026-03-03T00:00:00"),
    ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00"),
    ("2026/3/2 14:33:00", "2026-03-02T14:33:00"),
    ("2026.03.02 14:33", "2026-03-02T14:33:00"),
    ("2026. 3. 2. 14:33", "2026-03-02T14:33:00"),
    ("20260302T090500Z", "2026-03-02T09:05:00"),
    ("20260302090500", "2026-03-02T09:05:00"),
    ("20260302", "2026-03-02T00:00:00"),
    ("02.03.2026 11:26", "2026-03-02T11:26:00"),
    ("02.03.2026, 11.26", "2026-03-02T11:26:00"),
    ("02.03.2026 - 11:26 Uhr", "2026-03-02T11:26:00"),
    ("1772442300", "2026-03-02T09:05:00"),
    ("1772442300000", "2026-03-02T09:05:00"),
    ("1772442300.25", "2026-03-02T09:05:00"),
    ("2026年3月2日 12:19", "2026-03-02T12:19:00"),
    ("2026年03月02日12時19分30秒", "2026-03-02T12:19:30"),
    ("令和8年3月2日 12:19", "2026-03-02T12:19:00"),
    ("民國115年3月2日", "2026-03-02T00:00:00"),
    ("2026年3月2日（月） 12:19", "2026-03-02T12:19:00"),
    ("2026年3月2日 星期一 下午3:20", "2026-03-02T15:20:00"),
    ("2026년 3월 2일 오후 3:20", "2026-03-02T15:20:00"),
    ("2026-03-02 오전 9:05:00", "2026-03-02T09:05:00"),
    ("٢٠٢٦-٠٣-٠٢", "2026-03-02T00:00:00"),
    ("２０２６年３月２日", "2026-03-02T00:00:00"),
    ("  Mon, 02 Mar 2026\n 09:05:00 GMT ", "2026-03-02T09:05:00"),
    ("Mon, 02 Mar 2026 09:05:00 \u22120300", "2026-03-02T12:05:00"),
]


@pytest.mark.parametrize(("text", "instant"), CLEAR, ids=[text for text, _ in CLEAR])
def test_a_clear_date_is_read_whatever_the_feed_speaks(text: str, instant: str) -> None:
    assert read(text) == instant


IN_WORDS = [
    ("Seg, 02 Mar 2026 19:42:40 -0300", "", "2026-03-02T22:42:40"),
    ("Qui, 24 Set 2020 19:42:40 -0300", "", "2020-09-24T22:42:40"),
    ("Qui, 24 Set 2020 19:42:40 -0300", "pt-BR", "2020-09-24T22:42:40"),
    ("mer, 16 nov 2022 00:38:15 +0100", "it", "2022-11-15T23:38:15"),
    ("mar, 14 mar 2023 00:38:15 +0100", "it", "2023-03-13T23:38:15"),
    ("mar, 14 mar 2023 00:38:15 +0100", "", "2023-03-13T23:38:15"),
    ("Вт, 21 мар 2023 10:00:00 +0300", "", "2023-03-21T07:00:00"),
    ("21 марта 2023, 10:00", "ru", "2023-03-21T10:00:00"),
    ("21 сен 2023 10:00", "ru", "2023-09-21T10:00:00"),
    ("21 березня 2023 р., 10:00", "uk", "2023-03-21T10:00:00"),
    ("Τρί, 21 Μαρ 2023 10:00:00 +0200", "", "2023-03-21T08:00:00"),
    ("21 Μαρτίου 2023", "el", "2023-03-21T00:00:00"),
    ("Di, 21 Mär 2023 10:00:00 +0100", "de", "2023-03-21T09:00:00"),
    ("Dienstag, 21. März 2023 um 10:00 Uhr", "de", "2023-03-21T10:00:00"),
    ("21 août 2023 14h30", "fr", "2023-08-21T14:30:00"),
    ("lun. 21 févr. 2022 à 10:00", "", "2022-02-21T10:00:00"),
    ("1er mars 2023", "fr", "2023-03-01T00:00:00"),
    ("21 de marzo de 2023 10:00", "es", "2023-03-21T10:00:00"),
    ("miércoles, 15 de febrero de 2023, 10:00 p. m.", "es", "2023-02-15T22:00:00"),
    ("21 Mart 2023 Salı 10:00", "tr", "2023-03-21T10:00:00"),
    ("21 Ağustos 2023 10:00", "", "2023-08-21T10:00:00"),
    ("21 marca 2023 10:00", "pl", "2023-03-21T10:00:00"),
    ("21 listopada 2023", "pl", "2023-11-21T00:00:00"),
    ("21. listopada 2023", "hr", "2023-10-21T00:00:00"),
    ("21 tháng 3, 2023 10:00", "vi", "2023-03-21T10:00:00"),
    ("21 maaliskuuta 2023 klo 10.00", "fi", "2023-03-21T10:00:00"),
    ("21 मार्च 2023", "hi", "2023-03-21T00:00:00"),
    ("21 مارس 2023 10:00", "ar", "2023-03-21T10:00:00"),
    ("21 آذار 2023", "", "2023-03-21T00:00:00"),
    ("21 במרץ 2023", "he", "2023-03-21T00:00:00"),
    ("21 มีนาคม 2566 10:00", "th", "2023-03-21T10:00:00"),
    ("2023年3月21日", "zh", "2023-03-21T00:00:00"),
]


@pytest.mark.parametrize(("text", "tag", "instant"), IN_WORDS, ids=[f"{tag} {text}" for text, tag, _ in IN_WORDS])
def test_a_date_in_words_is_read_in_its_language(text: str, tag: str, instant: str) -> None:
    assert read(text, tag) == instant


NONE = [
    "",
    "now",
    "soon",
    "2 hours ago",
    "yesterday 10:00",
    "2026",
    "2026-03",
    "March 2026",
    "10:00",
    "2026-02-30T10:00:00Z",
    "2026-02-30T25:61:00Z",
    "2026-13-01",
    "30 Feb 2026 10:00:00 GMT",
    "Mon, 02 Mar 2026 25:00:00 GMT",
    "Mon, 02 Mar 2026 09:61:00 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Fri, 31 Dec 1989 23:59:59 GMT",
    "0001-01-01T00:00:00Z",
    "0",
    "1",
    "Fri, 31 Dec 2099 23:59:59 GMT",
    "2026-05-02T12:00:01Z",  # more than a day ahead
    "9999-12-31T23:59:59-14:00",
    "02/03/2026",  # of February or of March: nothing tells
    "1402/12/11",  # another calendar
    "Mon, 02 Xyz 2026 09:05:00 GMT",
    "02 Mar 2026 03 Apr 2026",
    "Wed, 02 Mar 2026 09:05:00 XYZT",
    "x" * 100_000,
    "1" * 100_000,
]


@pytest.mark.parametrize("text", NONE, ids=[text[:40] for text in NONE])
def test_what_is_no_date_or_could_be_two_is_none(text: str) -> None:
    assert read(text) == ""


FIGURES = [
    ("no order has that weekday", "Wed, 05/03/2019 - 16:00", "", (), ""),
    ("weekday decides", "Fri, 05/03/2019 - 16:00", "", (), "2019-05-03T16:00:00"),
    ("one order only", "25/03/2019 16:00", "", (), "2019-03-25T16:00:00"),
    ("the other order only", "03/25/2019 16:00", "", (), "2019-03-25T16:00:00"),
    ("another date of the document", "05/03/2019", "", ("25/03/2019",), "2019-03-05T00:00:00"),
    ("another date, the other way", "05/03/2019", "", ("03/25/2019",), "2019-05-03T00:00:00"),
    ("custom of the language", "05/03/2019", "fr", (), "2019-03-05T00:00:00"),
    ("custom of the region", "05/03/2019", "en-US", (), "2019-05-03T00:00:00"),
    ("custom of another region", "05/03/2019", "en-GB", (), "2019-03-05T00:00:00"),
    ("english alone has two", "05/03/2019", "en", (), ""),
    ("document before custom", "05/03/2019", "en-US", ("25/03/2019",), "2019-03-05T00:00:00"),
    ("year first", "18/01/30 00:00", "", (), "2018-01-30T00:00:00"),
    ("year first by custom", "18/01/12 00:00", "zh-cn", (), "2018-01-12T00:00:00"),
    ("points are day first", "05.03.19", "de", (), "2019-03-05T00:00:00"),
    ("the future rules an order out", "04/06/2026", "", (), "2026-04-06T00:00:00"),
]


@pytest.mark.parametrize(("text", "tag", "others", "instant"), [f[1:] for f in FIGURES], ids=[f[0] for f in FIGURES])
def test_figures_are_read_in_the_order_that_something_speaks_for(
    text: str, tag: str, others: tuple[str, ...], instant: str
) -> None:
    assert read(text, tag, others) == instant


def test_a_shared_name_of_a_zone_goes_by_the_language() -> None:
    text = "Mon, 02 Mar 2026 09:05:00 IST"
    assert read(text) == "2026-03-02T03:35:00"
    assert read(text, "he") == "2026-03-02T07:05:00"
    assert read("Mon, 02 Mar 2026 09:05:00 CST", "zh-CN") == "2026-03-02T01:05:00"


instants = st.datetimes(datetime(1990, 1, 2), datetime(2026, 4, 30)).map(lambda d: d.replace(microsecond=0))  # noqa: DTZ001 - the zone is drawn apart
offsets = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))


@given(instants, offsets)
def test_the_standard_forms_read_back_as_they_were_written(at: datetime, offset: timedelta) -> None:
    local = at.replace(tzinfo=timezone(offset))
    reader = Reader([], tag="", now=NOW)
    expected = local.astimezone(UTC) if local.astimezone(UTC).year >= 1990 else None
    for form in ("%a, %d %b %Y %H:%M:%S %z", "%d %B %Y %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%z", "%Y/%m/%d %I:%M:%S %p %z"):
        assert reader.read(local.strftime(form)) == expected


LANGUAGES = [
    "en", "fr", "de", "es", "it", "pt", "nl", "pl", "tr", "sv", "da", "nb", "fi", "cs", "sk", "hu", "ro",
    "hr", "sl", "uk", "ru", "be", "bg", "mk", "sr", "el", "he", "ar", "fa", "id", "ms", "et", "lt",
]  # fmt: skip


@settings(deadline=None)  # the first date of a language reads its names
@given(instants, st.sampled_from(LANGUAGES))
def test_the_long_form_of_a_language_reads_back(at: datetime, tag: str) -> None:
    """As CLDR writes it, or not at all: a form that is not understood gives no date, and never another one."""
    minute = at.replace(second=0, tzinfo=UTC)
    for form in ("d MMMM y HH:mm", "EEEE, d MMM y HH:mm", "d MMMM y"):
        expected = minute if "HH" in form else minute.replace(hour=0, minute=0)
        found = Reader([], tag=tag, now=NOW).read(format_datetime(minute, form, locale=tag))
        assert found == expected


@given(
    st.text(st.sampled_from("0123456789 :/-.+,TZGMTmarabc年月日午后"), max_size=40),
    st.sampled_from(["", "en", "fr", "zh"]),
)
def test_whatever_is_read_lies_between_1990_and_tomorrow(text: str, tag: str) -> None:
    found = Reader([text], tag=tag, now=NOW).read(text)
    assert found is None or datetime(1990, 1, 1, tzinfo=UTC) <= found <= NOW + timedelta(hours=24)
