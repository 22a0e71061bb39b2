"""Permanent redirects: believed only after they were seen for days and what they lead to was read each time.

Servers are misconfigured for a weekend; a URL that was rewritten then is lost for good (Bloglines waited 14 days).
"""

from datetime import datetime, timedelta

import msgspec

from monitor.ingest.feed import Feed
from monitor.ingest.state import FeedState, Move

SUCCESSES = 5
DAYS = 3
GIVE_UP = 3  # failures in a row at a stored address, after which the listed one is asked again


def url_of(feed: Feed, state: FeedState) -> str:
    """Where to ask for the feed now."""
    return state.move.url if state.move and state.move.stored else feed.url


def seen(move: Move | None, moved_to: str, now: datetime) -> Move | None:
    """After a good poll that permanent redirects led to `moved_to` ("": none did)."""
    if move and move.stored and not moved_to:
        return move
    if not moved_to:
        return None
    if move is None or move.url != moved_to:
        return Move(moved_to, now, 1)
    move = msgspec.structs.replace(move, successes=move.successes + 1)
    if move.successes >= SUCCESSES and now - move.since >= timedelta(days=DAYS):
        return msgspec.structs.replace(move, stored=True)
    return move


def failed(move: Move | None, failures: int) -> Move | None:
    """After a failed poll, the `failures`th in a row."""
    if move is None or (move.stored and failures < GIVE_UP):
        return move
    return None
