"""What a process does beside its stages: a beat, lags, the proof of life, and word to the operator of stuck stages."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

import httpx

from monitor.errors import StreamError
from monitor.health import Health
from monitor.logs import Logger
from monitor.message.alert import Notice
from monitor.message.codec import encode
from monitor.message.step import ALERTS, Output
from monitor.stream.contract import Stream

LAGS_EVERY = 5.0  # seconds
HEARTBEAT_EVERY = timedelta(seconds=60)
HEARTBEAT_TIMEOUT = 10.0
UNHEARD_AFTER = 900.0  # seconds that an alert may wait
EARLY = timedelta(minutes=2)
PROGRESS_EARLY, PROGRESS_LATE = timedelta(seconds=10), timedelta(minutes=10)
# A digest of the first look goes out after 20 quiet seconds: by then it is there, or there is nothing to tell.
FIRST_LOOK, FIRST_LOOK_LATEST = timedelta(seconds=45), timedelta(seconds=110)


class Duty:
    """`looks` are called at each round (rules that changed on the disk). `first` says that nothing was ever polled."""

    def __init__(
        self,
        health: Health,
        stream: Stream,
        client: httpx.AsyncClient,
        log: Logger,
        *,
        heartbeat_url: str = "",
        daily_line: time | None = None,
        first: bool = False,
        looks: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._health, self._stream, self._client, self._log = health, stream, client, log
        self._heartbeat_url, self._daily_line, self._looks = heartbeat_url, daily_line, looks
        self._began = health.clock()
        self._first = first
        self._progress_at = self._began + PROGRESS_EARLY
        self._troubles: dict[str, str] = {}
        self._beaten: datetime | None = None
        self._told_day = health.clock().date() if daily_line else None

    async def watch(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._read_lags()
            self._say_progress()
            await self._tell_troubles()
            await self._tell_day()
            await self._prove_life()
            for look in self._looks:
                await asyncio.to_thread(look)  # rules take seconds to compile, and heartbeats must go on
            await asyncio.sleep(LAGS_EVERY)

    async def _read_lags(self) -> None:
        for stage, values in self._health.readings().items():
            self._health.metrics.readings(stage, values)
        for (stage, number), (share, _) in list(self._health.shares.items()):
            try:
                async with asyncio.timeout(LAGS_EVERY):
                    self._health.metrics.lag(stage, number, await share.lag())
            except (StreamError, TimeoutError):
                continue  # it has another owner, or none can be asked now

    def _say_progress(self) -> None:
        """Often in the first minutes, when somebody watches, then now and then; and once how the first look ended."""
        now, ingest = self._health.clock(), self._health.readings().get("ingest", {})
        line = self._health.tally.line(ingest)
        if now >= self._progress_at:
            early = now - self._began < EARLY
            self._progress_at = now + (PROGRESS_EARLY if early else PROGRESS_LATE)
            self._log.info("run.progress", **line)
        polled = bool(ingest) and line["feeds_polled"] >= line["feeds"]
        if self._first and now - self._began >= (FIRST_LOOK if polled else FIRST_LOOK_LATEST):
            self._first = False
            if line["feeds"] and line["feeds_in_trouble"] >= line["feeds"]:
                self._log.warning(
                    "run.first_look", text="no feed could be read: `demarche feeds list` says why", **line
                )
            elif not self._health.tally.told():
                self._log.info("run.first_look", text="nothing in the last 24 h", **line)

    async def _tell_troubles(self) -> None:
        now, troubles = self._health.clock(), self._health.troubles()
        for stage, why in troubles.items():
            if stage not in self._troubles:
                await self._tell(f"stage:{stage}", "stage.stuck", f"{stage} stands still: {why}", now, trouble=True)
        for stage in self._troubles.keys() - troubles.keys():
            await self._tell(f"stage:{stage}", "stage.recovered", f"{stage} works again", now, trouble=False)
        self._troubles = troubles

    async def _tell_day(self) -> None:
        now = self._health.clock()
        if self._daily_line and self._told_day != now.date() and now.time() >= self._daily_line:
            self._told_day = now.date()
            await self._tell(
                "day",
                "day.summed",
                self._health.tally.day(self._health.readings().get("ingest", {})),
                now,
                trouble=False,
            )

    async def _tell(self, key: str, event: str, text: str, now: datetime, *, trouble: bool) -> None:
        (self._log.error if trouble else self._log.info)(event, text=text)
        id_ = hashlib.sha256(f"{key} {event} {now.isoformat()}".encode()).hexdigest()[:16]
        notice = Notice(id=id_, key=key, at=now, trouble=trouble, event=event, text=text)
        try:
            async with asyncio.timeout(LAGS_EVERY):
                await self._stream.append([Output(ALERTS, notice.key, encode(notice))])
        except (StreamError, TimeoutError) as why:
            self._log.warning("operator.not_told", what=event, why=str(why) or "the stream does not answer")

    def _is_fed_and_heard(self) -> bool:
        """Some feed can be read, and no alert has waited long for a destination."""
        readings = self._health.readings()
        feeds, letters = readings.get("ingest", {}), readings.get("notify", {})
        fed = not feeds.get("feeds_polled") or feeds["feeds_well"] > 0
        return fed and letters.get("oldest_letter_seconds", 0.0) < UNHEARD_AFTER

    async def _prove_life(self) -> None:
        now = self._health.clock()
        due = self._beaten is None or now - self._beaten >= HEARTBEAT_EVERY
        if not self._heartbeat_url or not due or self._health.troubles() or not self._is_fed_and_heard():
            return
        self._beaten = now
        try:
            answer = await self._client.get(self._heartbeat_url, timeout=HEARTBEAT_TIMEOUT)
            if answer.is_error:
                self._log.warning("heartbeat.refused", status=answer.status_code)
        except httpx.HTTPError as why:
            self._log.warning("heartbeat.failed", why=type(why).__name__)  # the URL may be a secret
