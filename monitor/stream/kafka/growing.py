"""More partitions for items, so that more processes can share out fetching and classifying.

A key lies elsewhere then, and so does the state of a feed. So nobody may fetch or classify meanwhile, and nothing may
be left unread: an item's revisions would be read out of their order. It may be broken off and begun again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.errors import KafkaError, for_code

from monitor.errors import Unavailable, UserError
from monitor.message.step import ITEMS
from monitor.stream.contract import CLASSIFY, INGEST
from monitor.stream.kafka.changelog import restore, rows
from monitor.stream.kafka.clients import asker, discard, stop, writer
from monitor.stream.kafka.producing import Place, Row, send
from monitor.stream.kafka.scan import ends_of
from monitor.stream.kafka.settings import KafkaSettings
from monitor.stream.kafka.topics import check_there, wait_for_leaders

SharesOf = Callable[[str], Iterable[int]]  # key of ingest's state -> the shares that need it


@dataclass(frozen=True, slots=True)
class Grown:
    """Partitions before and now, and how many keys of ingest's state moved."""

    before: int
    now: int
    moved: int


async def grow(settings: KafkaSettings, shares_of: SharesOf, now: datetime) -> Grown:
    """Give the topics as many partitions as the settings want, and move the state of feeds to the shares that need it.

    Raises `UserError` where that would lose something, with what to do first; `Unavailable` where brokers are away.
    """
    admin, side, producer = AIOKafkaAdminClient(**settings.client()), asker(settings), writer(settings)
    try:
        await admin.start()
        await check_there(admin, settings)
        await side.start()
        await producer.start()
        before = await _count(admin, settings.topic(ITEMS))
        if before > settings.partitions:
            raise UserError(f"{settings.topic(ITEMS)} has {before} partitions: they can be raised, and never lowered")
        await _refuse_where_somebody_works(admin, settings)
        await _refuse_what_is_unread(side, settings, before)
        await _raise(admin, settings)
        return Grown(before, settings.partitions, await _move(side, producer, settings, shares_of, now))
    except (KafkaError, TimeoutError, OSError) as why:
        raise Unavailable(f"Kafka at {settings.brokers} does not answer: {type(why).__name__}: {why}") from why
    finally:
        await discard(producer)
        await stop(side)
        await admin.close()


async def _count(admin: AIOKafkaAdminClient, topic: str) -> int:
    (found,) = await admin.describe_topics([topic])
    return len(found["partitions"])


async def _refuse_where_somebody_works(admin: AIOKafkaAdminClient, settings: KafkaSettings) -> None:
    at_work = []
    for stage in (INGEST.name, CLASSIFY.name):
        (told,) = await admin.describe_consumer_groups([f"{settings.name}-{stage}"])  # 0.14 reads the first alone
        (group,) = told.groups
        at_work += [stage] if group[5] else []  # its members
    if at_work:
        raise UserError(f"{' and '.join(sorted(at_work))} still run: end these processes first, ingest before classify")


async def _refuse_what_is_unread(side: AIOKafkaConsumer, settings: KafkaSettings, count: int) -> None:
    unread = 0
    for number in range(count):
        items = TopicPartition(settings.topic(ITEMS), number)
        begins, ends = await ends_of(side, [items])
        kept = await restore(
            settings, *await ends_of(side, [TopicPartition(settings.changelog(CLASSIFY.name), number)])
        )
        unread += ends[items] - max(kept.position.next if kept.position else 0, begins[items])
    if unread > 0:
        raise UserError(
            f"{unread} items are not classified yet: run `demarche run classify` until they are, then end it"
        )


async def _raise(admin: AIOKafkaAdminClient, settings: KafkaSettings) -> None:
    topics = [settings.topic(ITEMS), settings.changelog(CLASSIFY.name), settings.changelog(INGEST.name)]
    few = [topic for topic in topics if await _count(admin, topic) < settings.partitions]
    if few:
        made = await admin.create_partitions({topic: NewPartitions(settings.partitions) for topic in few})
        for topic, code, text in made.topic_errors:
            if code:
                raise UserError(f"{topic} takes no more partitions: {text or for_code(code).__name__}")
        await wait_for_leaders(admin, topics)


async def _move(
    side: AIOKafkaConsumer, producer: AIOKafkaProducer, settings: KafkaSettings, shares_of: SharesOf, now: datetime
) -> int:
    """The new places first, and only then the old ones emptied: what is twice for a moment does no harm."""
    topic = settings.changelog(INGEST.name)
    held = {
        number: (await restore(settings, *await ends_of(side, [TopicPartition(topic, number)]))).state
        for number in range(settings.partitions)
    }
    put: dict[Place, list[Row]] = {}
    drop: dict[Place, list[Row]] = {}
    moved = set()
    for number, state in held.items():
        for key, value in state.items():
            wanted = set(shares_of(key))
            for share in wanted - {number}:
                if key not in held[share]:
                    put.setdefault((topic, share), []).extend(rows({key: value}, None))
                    moved.add(key)
            if number not in wanted:
                drop.setdefault((topic, number), []).extend(rows({key: None}, None))
    await send(producer, put, now)
    await send(producer, drop, now)
    return len(moved)
