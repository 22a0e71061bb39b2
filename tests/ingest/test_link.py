"""Links: one article has one, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.feed import feed_id, fraction, share_of, shown_url
from monitor.ingest.link import canonical, clean, key, target
from monitor.stream.contract import shard

WORDS = st.text(alphabet="abcXYZ0129-._~äé%+", max_size=8)
PAIRS = st.lists(st.tuples(st.sampled_from(["id", "p", "ID", "filename", "s", "q"]), WORDS), max_size=4)


@st.composite
def urls(draw: st.DrawFn) -> str:
    scheme = draw(st.sampled_from(["http", "https", "HTTPS"]))
    host = draw(st.sampled_from(["paper.example", "Paper.Example", "www.paper.example:8080", "[::1]"]))
    path = "/".join(draw(st.lists(WORDS, max_size=3)))
    query = "&".join(f"{name}={value}" for name, value in draw(PAIRS))
    return f"{scheme}://{host}/{path}" + (f"?{query}" if query else "")


@given(urls())
def test_the_canonical_form_is_its_own(url: str) -> None:
    assert canonical(canonical(url)) == canonical(url) != ""


@given(urls(), st.sampled_from(["utm_source=rss", "fbclid=x", "at_medium=RSS", "xtor=RSS-1", "maca=en", "wt_mc=a.b"]))
def test_tracking_at_any_place_changes_nothing(url: str, tracking: str) -> None:
    bare, _, query = url.partition("?")
    assert canonical(f"{bare}?{tracking}&{query}" if query else f"{bare}?{tracking}") == canonical(url)
    assert canonical(f"{url}{'&' if query else '?'}{tracking}#top") == canonical(url)


@given(urls())
def test_a_cleaned_link_leads_to_the_same_article(url: str) -> None:
    assert canonical(clean(url)) == canonical(url)


@given(st.text(max_size=60))
def test_nothing_that_a_feed_may_call_a_link_breaks_it(text: str) -> None:
    for form in (canonical, clean, key, target, feed_id, shown_url):
        form(text if form is not feed_id else f"http://paper.example/{text}")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://Paper.Example:80/a/../b?b=2&a=1#x", "http://paper.example/a/../b?a=1&b=2"),
        ("https://paper.example", "https://paper.example/"),
        ("https://paper.example/a;jsessionid=1F?p=7", "https://paper.example/a?p=7"),
        ("https://edition.cnn.com/a?iid=x", "https://edition.cnn.com/a"),
        ("https://paper.example/a?iid=x", "https://paper.example/a?iid=x"),
        ("https://www.google.com/url?rct=j&url=https://paper.example/a%3Fp%3D1&ct=ga", "https://paper.example/a?p=1"),
        (
            "http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fpaper.example%2fa&c=1",
            "https://paper.example/a",
        ),
        ("mailto:desk@paper.example", ""),
        ("/relative", ""),
        ("http://[broken", ""),
        ("http://paper.example:port/", ""),
        ("", ""),
    ],
)
def test_canonical_forms(url: str, expected: str) -> None:
    assert canonical(url) == expected


@pytest.mark.parametrize("name", ["id", "p", "ID", "filename", "s"])
def test_what_may_name_the_article_stays(name: str) -> None:
    assert canonical(f"https://paper.example/a?{name}=1") != canonical(f"https://paper.example/a?{name}=2")


def test_ids_of_feeds_are_readable_and_tell_similar_urls_apart() -> None:
    one, other = feed_id("https://www.paper.example/rss/world.xml"), feed_id("http://www.paper.example/rss/world.xml")
    assert one.startswith("paper-example-world-")
    assert one != other


def test_shown_urls_hide_names_passwords_and_keys() -> None:
    shown = shown_url("https://me:hush@paper.example:8443/feed?apikey=abc&lang=en&Token=x#y")
    assert shown == "https://paper.example:8443/feed?apikey=***&lang=en&Token=***"


@given(st.text(), st.integers(1, 64))
def test_spread_and_shares_are_the_same_everywhere(text: str, count: int) -> None:
    assert 0 <= fraction(text) < 1
    assert 0 <= share_of(text, count) < count


def test_shares_are_those_of_the_stream() -> None:
    hosts = [f"paper{number}.example" for number in range(50)]
    assert [share_of(host, 8) for host in hosts] == [shard(host, 8) for host in hosts]
