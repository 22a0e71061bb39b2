"""Links of items: what is only tracking is dropped, so that one article has one link."""

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

# Parameters that say how a reader came, never which article it is. The first group is every tracker's; the second
# was seen in feeds: BBC, Le Monde, heise, DW, Al Jazeera, CNN, Google News, Korea Times.
_NAMES = """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid igshid mc_cid mc_eid _hsenc _hsmi __hssc __hstc
    __hsfp hsctatracking mkt_tok oly_anon_id oly_enc_id vero_id vero_conv wickedid rb_clickid s_cid ml_subscriber
    ml_subscriber_hash _openstat ref_src ref_url cmpid ncid sr_share smid ocid ito wtrid dm_i spm ga_source
    ga_medium ga_campaign ga_term ga_content _ga _gl

    at_medium at_campaign at_custom1 at_custom2 at_custom3 at_custom4 at_link_id at_link_origin at_link_type at_format
    at_ptr_name at_bbc_team xtor wt_mc wt.mc maca traffic_source
"""
_TRACKING = frozenset(_NAMES.split())
# Short names that mean nothing on these hosts, and may be the article elsewhere.
_TRACKING_OF_HOST = {"iid": "cnn.com", "oc": "news.google.com", "fl": "koreatimes.co.kr"}
_TRACKING_STARTS = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "stm_", "itm_")
_SESSIONS = frozenset({"jsessionid", "phpsessid", "sessionid", "session_id", "aspsessionid", "cfid", "cftoken"})
_PATH_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
# Most links are canonical as they stand; taking them apart costs ten times as much as seeing that.
_PLAIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?/[A-Za-z0-9/_.~,-]*")


def _is_tracking(name: str, host: str) -> bool:
    low = name.lower()
    if low in _TRACKING or low in _SESSIONS or low.startswith(_TRACKING_STARTS):
        return True
    return low in _TRACKING_OF_HOST and host.endswith(_TRACKING_OF_HOST[low])


def clean(url: str) -> str:
    """The link to show: an aggregator's redirect unwrapped, tracking dropped, all else as it was."""
    if "?" not in url and ";" not in url:
        return url
    url = target(url)
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return url
    pairs = [pair for pair in parts.query.split("&") if pair and not _is_tracking(pair.partition("=")[0], host)]
    return parts._replace(query="&".join(pairs), path=_PATH_SESSION.sub("", parts.path)).geturl()


def canonical(url: str) -> str:
    """The form under which two links to one article are equal; "" where `url` is no web address.

    Scheme and host in lower case, no default port, fragment, tracking or session, the rest of the query sorted.
    """
    if _PLAIN.fullmatch(url):
        return url
    try:
        parts = urlsplit(target(url.strip()))
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not host:
        return ""
    pairs = parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
    kept = sorted(pair for pair in pairs if not _is_tracking(pair[0], host))
    netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if port and port != _PORTS[scheme] else "")
    path = _PATH_SESSION.sub("", parts.path)
    path = quote(unquote(path, errors="surrogateescape"), safe="/:@!$&'()*+,;=~-._", errors="surrogateescape") or "/"
    return urlunsplit((scheme, netloc, path, urlencode(kept, errors="surrogateescape"), ""))


def key(url: str) -> str:
    """`canonical` without its scheme: servers that move to https re-run their whole feed otherwise."""
    return canonical(url).partition(":")[2]


def target(url: str) -> str:
    """What a redirect of Google Alerts or Bing News leads to, as the URL itself says; else `url`."""
    if "url=" not in url:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    host = (parts.hostname or "").lower()
    wraps = (host.startswith("www.google.") and parts.path == "/url") or (
        host.endswith("bing.com") and parts.path.lower().endswith("/apiclick.aspx")
    )
    if wraps:
        found = dict(parse_qsl(parts.query)).get("url", "")
        if found.startswith(("http://", "https://")):
            return found
    return url
