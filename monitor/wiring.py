"""What the settings name, opened: feeds, rules, HTTP clients, clock, channels, the stream for a command that looks."""

import os
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO, TypeVar

import httpx

from consumers.classify import Rules, compile_rules
from consumers.correlate.policy import Policy
from consumers.notify.send import Way
from consumers.notify.settings import NotifySettings, changes_between
from monitor.correlations import patterns
from monitor.errors import Fault, Faults, UserError
from monitor.ingest.feed import Feed
from monitor.ingest.fetch import Fetcher
from monitor.ingest.parse.pool import ParserPool
from monitor.ingest.transport import open_transport
from monitor.logs import logger
from monitor.rules_folder import read_packs, rules_folder
from monitor.settings import Settings, file_of, left_for_a_restart, load_settings, unknown_in_routes
from monitor.settings.feeds import load_feeds
from monitor.settings.notify import notify_settings
from monitor.settings.stream import kafka_settings
from monitor.shelf import Shelf
from monitor.stage import Clock
from monitor.stream.contract import Stream
from monitor.tables import read_tables

T = TypeVar("T")
FEEDS_HERE = Path("feeds.yaml")


def now() -> datetime:
    """The one clock of the program."""
    return datetime.now(UTC)


def settings(path: Path | None) -> Settings:
    """The settings as a command is to use them. Raises `Faults`."""
    return load_settings(path, os.environ)


def settings_file(path: Path | None) -> Path | None:
    """The file that they stand in, where there is one."""
    return file_of(path, os.environ)


def feeds(loaded: Settings) -> list[Feed]:
    """The list of feeds: the one named, else `feeds.yaml` here, else the one that comes along. Raises `Faults`."""
    return load_feeds(feeds_file(loaded))


def feeds_file(loaded: Settings) -> Path | None:
    """The file that holds the list; None for the one that comes along."""
    return loaded.feeds or (FEEDS_HERE if FEEDS_HERE.exists() else None)


def rules(loaded: Settings) -> Rules:
    """The rules, an operator's own laid over ours. Raises `Faults`."""
    return compile_rules(read_packs(overlay=loaded.rules.folder))


def incidents(loaded: Settings, compiled: Rules) -> Policy:
    """How incidents are made, with the operator's correlation rules. Raises `Faults`."""
    packs = read_packs(overlay=loaded.rules.folder)
    return loaded.incidents.policy(read_tables(rules_folder()), patterns(packs, compiled.kinds, compiled.names))


@dataclass(frozen=True, slots=True)
class Checked:
    """What stands in the files, all of it right."""

    feeds: int
    feeds_from: str
    rules: int
    kinds: int
    destinations: Sequence[str]
    stream: str


def check(path: Path | None) -> Checked:
    """Read everything that people write. Raises `Faults` with all that is wrong in all of it."""
    loaded = settings(path)  # what stands in the other files depends on it
    faults: list[Fault] = []

    def tried(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Faults as why:
            faults.extend(why.faults)
        except UserError as why:
            faults.append(Fault("", 0, str(why)))
        return None

    listed = tried(lambda: feeds(loaded))
    compiled = tried(lambda: rules(loaded))
    told = tried(lambda: telling(loaded))
    if compiled:
        known, named = compiled.kinds.by_id, compiled.names
        tried(lambda: unknown_in_routes(loaded, settings_file(path), known, named))
    tried(lambda: incidents(loaded, compiled) if compiled else loaded.incidents.policy(read_tables(rules_folder())))
    if loaded.stream.is_kafka:
        tried(lambda: kafka_settings(loaded.stream, os.environ))
    if faults or listed is None or compiled is None or told is None:
        raise Faults(faults)
    return Checked(
        feeds=len(listed),
        feeds_from=str(feeds_file(loaded) or "the default list"),
        rules=sum(len(pack.acts) for pack in compiled.packs.values()),
        kinds=len(compiled.kinds.by_id),
        destinations=list(told.destinations),
        stream=loaded.stream.url,
    )


@asynccontextmanager
async def fetcher(loaded: Settings, clock: Clock) -> AsyncIterator[Fetcher]:
    """What asks servers for feeds and reads what they answer."""
    options = loaded.ingest
    proxy = options.proxy.get_secret_value() if options.proxy else None
    async with (
        ParserPool(options.parsers) as pool,
        open_transport(allow_private=options.allow_private, proxy=proxy, trust=_trust(options.ca_file)) as transport,
    ):
        yield Fetcher(transport, pool.parse, clock, options.limits(), options.agent())


@asynccontextmanager
async def reader(loaded: Settings) -> AsyncIterator[Stream]:
    """The stream for a command that looks, or orders, beside the processes that run. Raises `UserError`."""
    stream = await _open_reader(loaded)
    try:
        yield stream
    finally:
        await stream.close()


async def _open_reader(loaded: Settings) -> Stream:
    if loaded.stream.is_kafka:
        from monitor.stream.kafka import open_stream

        return await open_stream(kafka_settings(loaded.stream, os.environ), make=False, patience=15.0, clock=now)
    from monitor.stream.sqlite import open_reader

    return await open_reader(loaded.stream.sqlite_file, clock=now)


def rules_shelf(overlay: Path | None) -> Shelf[Rules]:
    """The rules in force. Raises `Faults`."""
    folders = (rules_folder(), overlay) if overlay else (rules_folder(),)

    def read(in_force: Rules | None) -> Rules:
        fresh = compile_rules(read_packs(overlay=overlay))
        if in_force is not None:  # what is in use is compiled here, where a fault keeps the old rules in force
            fresh.packs.compile(in_force.packs.compiled)
        return fresh

    return Shelf(
        "rules",
        read,
        lambda: (path for folder in folders for path in folder.rglob("*.yaml")),
        lambda old, new: {"before": old.hash, "now": new.hash} if old.hash != new.hash else {},
        logger(),
    )


def settings_shelf(file: Path, loaded: Settings, *, once: bool = False) -> Shelf[NotifySettings]:
    """Whom to tell what, as the settings file has it now. Raises `Faults`."""

    def read(_: NotifySettings | None) -> NotifySettings:
        fresh = settings(file)
        if left := left_for_a_restart(loaded, fresh):
            logger().warning("settings.left", keys=left, why="these take a restart")
        return telling(fresh, once=once)

    return Shelf("settings", read, lambda: (file,), changes_between, logger())


def telling(loaded: Settings, *, once: bool = False) -> NotifySettings:
    """Whom to tell what. Raises `Faults`."""
    return notify_settings(loaded, os.environ, once=once)


@asynccontextmanager
async def way(loaded: Settings, terminal: TextIO) -> AsyncIterator[Way]:
    """What messages are sent with. `terminal`: where a destination of type terminal writes. Raises `Faults`."""
    trust = _trust(loaded.ca_file)
    async with client(trust) as writing:
        yield Way(writing, terminal, trust)


def _trust(ca_file: Path | None = None) -> ssl.SSLContext:
    """`ca_file`: trusted beside the usual authorities. Raises `Faults` where it cannot be read."""
    trust = ssl.create_default_context()
    if ca_file is not None:
        try:
            trust.load_verify_locations(cafile=ca_file)
        except OSError as why:
            raise Faults([Fault(str(ca_file), 0, f"no certificates can be read from it: {why}")]) from None
    return trust


def client(trust: ssl.SSLContext | None = None) -> httpx.AsyncClient:
    """What asks the servers that we write to; `trust`: the usual authorities, where None."""
    limits = httpx.Limits(max_connections=400, max_keepalive_connections=100, keepalive_expiry=30)
    return httpx.AsyncClient(
        follow_redirects=False, limits=limits, trust_env=False, timeout=30, verify=trust or _trust()
    )
