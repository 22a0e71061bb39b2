"""The topics: made where they are missing, and compared with what is wanted where they are there."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from monitor.errors import Fault, Faults, Unavailable, UserError
from monitor.stream.contract import ALL_TOPICS, STAGES
from monitor.stream.kafka.settings import KafkaSettings

MESSAGE_BYTES = 1_048_588  # Kafka's own limit; RECORD_LIMIT and a record's frame fit in
LEADERS_WITHIN = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it should be. `settings` are compared as text, as brokers tell them."""

    name: str
    partitions: int
    replication: int
    settings: dict[str, str]


def wanted(settings: KafkaSettings) -> list[Topic]:
    """All topics: those of records, and a compacted one for the state of each stage."""
    common = {"min.insync.replicas": str(settings.min_insync), "max.message.bytes": str(MESSAGE_BYTES)}
    topics = [
        Topic(
            settings.topic(name),
            settings.partitions_of(name),
            settings.replication,
            {**common, "cleanup.policy": "delete", "retention.ms": _milliseconds(settings.retention.get(name))},
        )
        for name in ALL_TOPICS
    ]
    compacted = {**common, "cleanup.policy": "compact"}
    topics += [
        Topic(settings.changelog(spec.name), settings.shares(spec), settings.replication, compacted) for spec in STAGES
    ]
    return topics


def _milliseconds(age: timedelta | None) -> str:
    return "-1" if age is None else str(age // timedelta(milliseconds=1))


async def make_and_check(admin: AIOKafkaAdminClient, settings: KafkaSettings) -> list[str]:
    """Make the topics that are missing, and give their names.

    Raises `Faults` with all that differs from what is wanted, `Unavailable` where the brokers do not get ready.
    """
    topics = {topic.name: topic for topic in wanted(settings)}
    there = set(await admin.list_topics())
    missing = [topic for topic in topics.values() if topic.name not in there]
    if missing:
        await _make(admin, missing)
    await wait_for_leaders(admin, list(topics))
    differences = await _differences(admin, topics)
    if differences:
        raise Faults([Fault("", 0, text) for text in differences])
    return [topic.name for topic in missing]


async def check_there(admin: AIOKafkaAdminClient, settings: KafkaSettings) -> None:
    """For commands, which make nothing. Raises `UserError` where there is no stream yet."""
    there = set(await admin.list_topics())
    missing = [topic.name for topic in wanted(settings) if topic.name not in there]
    if missing:
        raise UserError(f"Kafka at {settings.brokers} has no topic {missing[0]!r} yet; `demarche run` makes it")


async def _make(admin: AIOKafkaAdminClient, topics: list[Topic]) -> None:
    made = await admin.create_topics(
        [NewTopic(topic.name, topic.partitions, topic.replication, topic_configs=topic.settings) for topic in topics]
    )
    refused = []
    for name, code, text in made.topic_errors:
        if code and for_code(code) is not TopicAlreadyExistsError:  # another process made it at the same moment
            refused.append(f"topic {name} could not be made: {text or for_code(code).__name__}")
    if refused:
        raise Faults([Fault("", 0, text) for text in refused])


async def wait_for_leaders(admin: AIOKafkaAdminClient, names: list[str]) -> None:
    """A transaction on a topic just made is refused for some seconds otherwise."""
    try:
        async with asyncio.timeout(LEADERS_WITHIN):
            while not all(_is_led(topic) for topic in await admin.describe_topics(names)):  # noqa: ASYNC110  # of brokers
                await asyncio.sleep(0.1)
    except TimeoutError as fault:
        raise Unavailable(f"some partitions have no leader: {', '.join(names)}") from fault


def _is_led(topic: dict[str, Any]) -> bool:
    partitions = topic["partitions"]
    return not topic["error_code"] and bool(partitions) and all(one["leader"] >= 0 for one in partitions)


async def _differences(admin: AIOKafkaAdminClient, topics: dict[str, Topic]) -> list[str]:
    texts = []
    for found in await admin.describe_topics(list(topics)):
        topic = topics[found["topic"]]
        count, copies = len(found["partitions"]), len(found["partitions"][0]["replicas"])
        if count != topic.partitions:
            how = "; `demarche partitions` raises them" if count < topic.partitions else ""
            texts.append(f"topic {topic.name} has {count} partitions, stream.partitions wants {topic.partitions}{how}")
        if copies != topic.replication:
            texts.append(f"topic {topic.name} has {copies} copies, stream.replication wants {topic.replication}")
    for name, is_set in (await _settings_of(admin, topics)).items():
        for key, value in topics[name].settings.items():
            if is_set.get(key) != value:
                how = f"kafka-configs.sh --alter --topic {name} --add-config {key}={value}"
                texts.append(f"topic {name} has {key}={is_set.get(key)}, wanted is {value}; to mend it: {how}")
    return sorted(texts)


async def _settings_of(admin: AIOKafkaAdminClient, topics: dict[str, Topic]) -> dict[str, dict[str, str]]:
    asked = [
        ConfigResource(ConfigResourceType.TOPIC, topic.name, dict.fromkeys(topic.settings)) for topic in topics.values()
    ]
    settings: dict[str, dict[str, str]] = {}
    for reply in await admin.describe_configs(asked):
        for code, text, _type, name, entries in reply.resources:
            if code:
                raise KafkaError(f"settings of topic {name} are not told: {text or for_code(code).__name__}")
            settings[name] = {entry[0]: entry[1] for entry in entries}
    return settings
