"""A run: who works at each stage, the stream opened, and all at work until told to stop."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO, TypeVar

from consumers.classify import Rules
from consumers.classify.worker import Classifier
from consumers.correlate.worker import Correlator
from consumers.notify.notifier import Notifier
from monitor import wiring
from monitor.duty import Duty
from monitor.errors import UserError
from monitor.feeds_in_force import FeedsInForce
from monitor.health import Health, serve
from monitor.ingest.worker import Poller
from monitor.logs import configure, logger
from monitor.metrics import Metrics
from monitor.settings import Settings
from monitor.settings.feeds import load_feeds
from monitor.settings.stream import kafka_settings
from monitor.shelf import Shelf
from monitor.stage import Clock, Edge, Worker, run_stage
from monitor.stream.contract import CLASSIFY, CORRELATE, INGEST, NOTIFY, STAGES, Share, StageSpec, Stream

T = TypeVar("T")
Hire = Callable[[Share], Worker]


@dataclass(frozen=True, slots=True)
class Run:
    """How to run: which stages, once or until told to stop, by which clock, and where alerts are shown."""

    stages: Sequence[StageSpec] = STAGES
    once: bool = False
    file: Path | None = None  # the settings' own: destinations and routes are read anew when it changes
    clock: Clock = wiring.now
    pace: float = 1.0  # see `Edge`
    terminal: TextIO = field(default_factory=lambda: sys.stdout if sys.stdout.isatty() else sys.stderr)
    log_to: TextIO = field(default_factory=lambda: sys.stdout)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    languages: Sequence[str] = ()  # whose rules are compiled before the stages begin; others when an item comes in them
    opened: Callable[[], None] = lambda: None  # called when the stages begin


async def run(loaded: Settings, how: Run) -> None:
    """Run stages until told to stop; with `once` until nothing is left but what is due later.

    Raises `Faults` for what is written wrong, `Busy` where another process owns the file.
    """
    configure(loaded.log.level, how.log_to, loaded.log.format)
    log = logger()
    async with AsyncExitStack() as opened:
        health = Health(wiring.now, Metrics())  # by the true clock, whatever pace the stages keep
        desk = _Desk(loaded, how, opened)
        hires = {spec: await desk.hire(spec) for spec in how.stages}
        if loaded.health.port is not None:
            opened.callback(_serve(health, loaded))
        _heed_signals(how.stop, desk.reloads, opened)
        beating = asyncio.create_task(health.beats(), name="beat")
        opened.callback(beating.cancel)
        health.begin((spec.name for spec in hires), blocked="waiting for the stream")
        stream = await _unless_stopped(how.stop, _open_stream(loaded, how, health))
        if stream is None:
            return
        opened.push_async_callback(stream.close)
        how.opened()
        health.begin(spec.name for spec in hires)
        edge = Edge(how.clock, how.stop, log, health, how.once, how.pace)
        log.info("run.started", stages=[spec.name for spec in hires], once=how.once)
        if how.once:
            for spec, hire in hires.items():
                await run_stage(stream, spec, hire, edge)
        else:
            duty = Duty(
                health,
                stream,
                await opened.enter_async_context(wiring.client()),
                log,
                heartbeat_url=loaded.health.heartbeat_url,
                daily_line=loaded.health.daily_line,
                first=INGEST in hires and not await stream.state(INGEST.name),
                looks=desk.looks,
            )
            await _side_by_side(stream, hires, edge, duty)
        log.info("run.ended", retries_left=int(health.last_reading(NOTIFY.name, "letters_waiting")))


async def _unless_stopped(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """What `work` gives, or None where the program is told to stop before."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not working.done():
        working.cancel()
        await asyncio.wait({working})
        return None
    return working.result()


async def _side_by_side(stream: Stream, hires: dict[StageSpec, Hire], edge: Edge, duty: Duty) -> None:
    """Every stage at once; the duty ends with the last of them. One that fails ends all."""
    async with asyncio.TaskGroup() as everything:
        watching = everything.create_task(duty.watch(), name="duty")
        async with asyncio.TaskGroup() as stages:
            for spec, hire in hires.items():
                stages.create_task(run_stage(stream, spec, hire, edge), name=spec.name)
        watching.cancel()


async def _open_stream(loaded: Settings, how: Run, health: Health) -> Stream:
    log = logger()
    if loaded.stream.is_kafka:
        from monitor.stream.kafka import open_stream

        settings = kafka_settings(loaded.stream, os.environ)
        return await open_stream(
            settings, clock=how.clock, log=log, tell=health.fact, patience=None if not how.once else 60.0
        )
    if len(how.stages) < len(STAGES):
        raise UserError(
            "one process owns the SQLite file, so that all stages run in it: `demarche run` without a stage, "
            "or a Kafka stream (DEMARCHE_STREAM_URL=kafka://host:9092)"
        )
    from monitor.stream.sqlite import open_owner

    return await open_owner(loaded.stream.sqlite_file, retention=loaded.stream.retention(), clock=how.clock, log=log)


class _Desk:
    """Who works at each stage. Everything that is written wrong is found here, before the stream is opened."""

    def __init__(self, loaded: Settings, how: Run, opened: AsyncExitStack) -> None:
        self._loaded, self._how, self._opened = loaded, how, opened
        self.looks: list[Callable[[], None]] = []  # called every few seconds
        self.reloads: list[Callable[[], None]] = []  # called at SIGHUP
        self._on_shelf: Shelf[Rules] | None = None

    async def hire(self, spec: StageSpec) -> Hire:
        hires = {INGEST: self._ingest, CLASSIFY: self._classify, CORRELATE: self._correlate, NOTIFY: self._notify}
        return await hires[spec]()

    async def _ingest(self) -> Hire:
        options, how, loaded = self._loaded.ingest, self._how, self._loaded
        if not options.whom_to_write_to():
            logger().warning("run.no_contact", text="set ingest.contact: servers are told whom to write to")
        listed = FeedsInForce(lambda: wiring.feeds_file(loaded), load_feeds, wiring.now, logger())
        self.looks.append(listed.look)
        self.reloads.append(listed.reload)
        fetching = await self._opened.enter_async_context(wiring.fetcher(self._loaded, how.clock))
        policy = options.policy()
        return lambda share: Poller(listed, fetching, policy, number=share.number, count=share.count, once=how.once)

    def _rules(self) -> Shelf[Rules]:
        """The rules in force, compiled once for all stages of this process."""
        if self._on_shelf is None:
            self._on_shelf = wiring.rules_shelf(self._loaded.rules.folder)
        return self._on_shelf

    async def _classify(self) -> Hire:
        shelf = self._rules()
        languages = set(self._how.languages)
        if self._loaded.stream.is_kafka and not languages:
            # Those that will come anyway, before this process is one of a group: compiling in the loop, on a busy
            # machine, lasted longer than the session (measured: 45 s). On SQLite none waits.
            languages = {feed.lang for feed in wiring.feeds(self._loaded) if feed.lang} or {"en"}
        await asyncio.to_thread(shelf().packs.compile, sorted(languages))
        self.looks.append(shelf.look)
        self.reloads.append(shelf.ask)
        return lambda share: Classifier(shelf)

    async def _correlate(self) -> Hire:
        compiled = self._rules()()
        policy = wiring.incidents(self._loaded, compiled)
        return lambda share: Correlator(policy, compiled.kinds, compiled.names)

    async def _notify(self) -> Hire:
        file, once = self._how.file, self._how.once
        sending = await self._opened.enter_async_context(wiring.way(self._loaded, self._how.terminal))
        if file is None:
            fixed = wiring.telling(self._loaded, once=once)
            return lambda share: Notifier(lambda: fixed, sending)
        shelf = wiring.settings_shelf(file, self._loaded, once=once)
        self.looks.append(shelf.look)
        self.reloads.append(shelf.reload)
        return lambda share: Notifier(shelf, sending)


def _serve(health: Health, loaded: Settings) -> Callable[[], None]:
    host, port = loaded.health.host, loaded.health.port or 0
    try:
        return serve(health, host, port)
    except OSError as why:
        raise UserError(f"health.port: {host}:{port} cannot be used: {why.strerror}") from None


def _heed_signals(stop: asyncio.Event, reloads: Sequence[Callable[[], None]], opened: AsyncExitStack) -> None:
    loop = asyncio.get_running_loop()

    def reload() -> None:
        for one in reloads:
            one()

    for number, heeded in ((signal.SIGINT, stop.set), (signal.SIGTERM, stop.set), (signal.SIGHUP, reload)):
        with suppress(NotImplementedError, RuntimeError):  # not in the main thread
            loop.add_signal_handler(number, heeded)
            opened.callback(loop.remove_signal_handler, number)
