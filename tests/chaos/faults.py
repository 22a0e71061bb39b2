"""The faults, each by name; what they need is in the field."""

import asyncio
import json
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiokafka import AIOKafkaProducer

from monitor.message.step import ALERTS, ITEMS, REPORTS
from monitor.stream.kafka import KafkaSettings
from tests.chaos.brokers import (
    coordinator_of,
    delete_items,
    drop_unread_items,
    leader_of,
    place_of,
    until_items_are_there,
)
from tests.chaos.product import Process
from tests.chaos.proxy import Proxy
from tests.kafka_broker import Cluster

STALL = 9.0  # seconds, past the session time-out of 6
BLOCKED = 9.0
TRANSACTION_PARTITIONS = 4  # as the brokers of the tests are set up
OUTAGE = 26.0  # seconds, past the transaction time-out of 20


@dataclass
class Field:
    """Where the faults happen."""

    cluster: Cluster
    processes: list[Process]
    extra: list[Process]  # started and ended to scale
    proxies: list[Proxy]
    settings: KafkaSettings
    chance: random.Random
    titles: set[str]  # of all stories in the feeds
    acknowledged: set[str] = field(default_factory=set)  # ids of items that were written
    poison: int = 0  # records written that no stage can read
    gone: set[str] = field(default_factory=set)  # ids and titles of what a fault took away before it was read, perhaps
    missing: int = 0  # of them, those that a stage must count as missing
    made_anew: int = 0  # topics

    def one(self) -> Process:
        return self.chance.choice(self.processes)


async def kill_a_process(field: Field) -> None:
    process = field.one()
    await asyncio.to_thread(process.kill)
    await asyncio.sleep(field.chance.uniform(0, 3))
    process.start()


async def stall_a_process(field: Field) -> None:
    """Stopped past the session time-out, it wakes as a zombie."""
    process = field.one()
    process.signal(signal.SIGSTOP)
    await asyncio.sleep(STALL)
    process.signal(signal.SIGCONT)


async def block_the_event_loop(field: Field) -> None:
    field.one().signal(signal.SIGUSR1)
    await asyncio.sleep(BLOCKED + 1)


async def set_a_clock(field: Field) -> None:
    """An hour on, or two back: another process may take over from one whose clock is ahead."""
    for _ in range(field.chance.randint(1, 3)):
        field.one().signal(signal.SIGUSR2)
        await asyncio.sleep(field.chance.uniform(1, 4))


async def end_a_process(field: Field) -> None:
    process = field.one()
    await asyncio.to_thread(process.end)
    process.start()


async def restart_all_in_turn(field: Field) -> None:
    for process in field.processes:
        await asyncio.to_thread(process.end)
        process.start()
        await asyncio.sleep(2)


async def scale_out_and_in(field: Field) -> None:
    for process in field.extra:
        process.start()
    await asyncio.sleep(6)
    for process in field.extra:
        await asyncio.to_thread(process.end)


async def scale_to_one_and_back(field: Field) -> None:
    for process in field.processes[1:]:
        await asyncio.to_thread(process.end)
    await asyncio.sleep(4)
    for process in field.processes[1:]:
        process.start()


async def kill_a_broker(field: Field) -> None:
    broker = field.chance.choice(field.cluster.brokers)
    await asyncio.to_thread(broker.kill)
    await asyncio.sleep(field.chance.uniform(0, 4))
    broker.start()
    await asyncio.to_thread(broker.wait_until_started)


async def pause_brokers(field: Field) -> None:
    """An outage longer than the transaction time-out: all brokers stand still."""
    for broker in field.cluster.brokers:
        broker.signal(signal.SIGSTOP)
    await asyncio.sleep(OUTAGE)
    for broker in field.cluster.brokers:
        broker.signal(signal.SIGCONT)


async def kill_two_of_three_brokers(field: Field) -> None:
    down = field.chance.sample(field.cluster.brokers, 2)
    for broker in down:
        await asyncio.to_thread(broker.kill)
    await asyncio.sleep(8)
    for broker in down:
        broker.start()
    for broker in down:
        await asyncio.to_thread(broker.wait_until_started)


async def kill_a_leader(field: Field) -> None:
    """The broker that leads the one partition of reports, of alerts, or of the state of correlate."""
    topic = field.chance.choice(
        [field.settings.topic(REPORTS), field.settings.topic(ALERTS), field.settings.changelog("correlate")]
    )
    await _kill_for_a_while(field, await leader_of(field.settings, topic, 0))


async def kill_a_coordinator(field: Field) -> None:
    """The broker that keeps the transactions of correlate, or the group of classify."""
    if field.chance.random() < 0.5:
        id_ = f"{field.settings.name}-correlate-0"
        node = await leader_of(field.settings, "__transaction_state", place_of(id_, TRANSACTION_PARTITIONS))
    else:
        node = await coordinator_of(field.settings, f"{field.settings.name}-classify")
    await _kill_for_a_while(field, node)


async def _kill_for_a_while(field: Field, node: int) -> None:
    broker = next(one for one in field.cluster.brokers if one.node == node)
    await asyncio.to_thread(broker.kill)
    await asyncio.sleep(field.chance.uniform(4, 10))
    broker.start()
    await asyncio.to_thread(broker.wait_until_started)


async def fill_the_disk_of_a_broker(field: Field) -> None:
    """No file of it may grow any more. It ends by itself, as Kafka does then, and is started when there is space."""
    broker = field.chance.choice(field.cluster.brokers)
    if await asyncio.to_thread(broker.fill_disk):
        await asyncio.sleep(field.chance.uniform(2, 6))
        await asyncio.to_thread(broker.kill)
        broker.start()
        await asyncio.to_thread(broker.wait_until_started)


async def let_retention_overtake(field: Field) -> None:
    """Records of items are gone before classify has read them: that must be counted, and the rest goes on."""
    for process in field.processes:
        await asyncio.to_thread(process.end)
    await asyncio.sleep(3)
    lost = await drop_unread_items(field.settings)
    field.gone.update(*lost)
    field.missing += len(lost)
    for process in field.processes:
        process.start()


async def make_a_topic_anew(field: Field) -> None:
    """Somebody deletes `items`, and the next process makes it again, under the noses of those that run."""
    await delete_items(field.settings)
    field.gone |= field.acknowledged | field.titles
    field.made_anew += 1
    process = field.one()
    await asyncio.to_thread(process.kill)
    process.start()
    await until_items_are_there(field.settings)


async def cut_connections(field: Field) -> None:
    for _ in range(3):
        for proxy in field.proxies:
            proxy.cut()
        await asyncio.sleep(field.chance.uniform(0.1, 1.5))


async def delay_the_network(field: Field) -> None:
    for proxy in field.proxies:
        proxy.delay = 0.4
    await asyncio.sleep(8)
    for proxy in field.proxies:
        proxy.delay = 0.0


async def go_deaf(field: Field) -> None:
    """Half-open connections: nothing comes through, and nothing is closed."""
    for proxy in field.proxies:
        proxy.deaf = True
    await asyncio.sleep(field.chance.uniform(4, 16))
    for proxy in field.proxies:
        proxy.cut()
        proxy.deaf = False


async def write_poison(field: Field) -> None:
    await _write(field, [b"no item", b"{}", b"\xff\xfe", json.dumps({"id": 1}).encode()])


async def write_oversized_poison(field: Field) -> None:
    """As large as a broker takes, larger than the product would write."""
    await _write(field, [b"[" * 1_040_000])


async def _write(field: Field, values: list[bytes]) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=field.settings.brokers, enable_idempotence=True, max_request_size=2_000_000
    )
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(field.settings.topic(ITEMS), value, key=b"poison")
            field.poison += 1
    finally:
        await producer.stop()


Fault = Callable[[Field], Awaitable[None]]
FAULTS: tuple[Fault, ...] = (
    kill_a_process,
    stall_a_process,
    block_the_event_loop,
    set_a_clock,
    end_a_process,
    restart_all_in_turn,
    scale_out_and_in,
    scale_to_one_and_back,
    kill_a_broker,
    cut_connections,
    delay_the_network,
    go_deaf,
    write_poison,
    write_oversized_poison,
    fill_the_disk_of_a_broker,
    let_retention_overtake,
)
LONG: tuple[Fault, ...] = (pause_brokers,)
OF_THREE: tuple[Fault, ...] = (kill_two_of_three_brokers, kill_a_leader, kill_a_coordinator)
BY_NAME_ALONE: tuple[Fault, ...] = (make_a_topic_anew,)  # what was not read is gone, and nobody can count it
