"""A real Apache Kafka for tests, started from its jars: no container, no installation.

`python -m tests.kafka_broker [COUNT]` starts one (or three) to try things with, prints the address, and stops it at
Ctrl-C. It needs Java 17 and, the first time, Maven; the jars are kept in the user's cache folder.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

VERSION = "4.1.1"
POM = Path(__file__).with_name("pom.xml")
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
STARTED = "Kafka Server started"
PATIENCE = 90.0  # seconds; on two idle cores it takes three
JVM = (
    *("-Xms256m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"),
    "-XX:+ExitOnOutOfMemoryError",
)
LOG4J = """
rootLogger.level=warn
rootLogger.appenderRef.a.ref=A
appender.a.type=Console
appender.a.name=A
appender.a.layout.type=PatternLayout
appender.a.layout.pattern=%d %p %c %m%n
logger.k.name=kafka.server.KafkaRaftServer
logger.k.level=info
"""


class NoKafka(Exception):
    """There is nothing here to start Kafka with; the text says what is missing."""


def jars() -> Path:
    """The folder with Kafka's jars, fetched by Maven where they are not there yet. Raises `NoKafka`."""
    if shutil.which("java") is None:
        raise NoKafka("Java 17 is not installed")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "demarche" / f"kafka-{VERSION}" / "libs"
    if folder.exists():
        return folder
    if shutil.which("mvn") is None:
        raise NoKafka("Maven is not installed, and Kafka's jars are not in the cache")
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent))
    command = ["mvn", "-q", "-B", "-f", str(POM), COPY, f"-Dkafka.version={VERSION}"]
    fetched = subprocess.run(
        [*command, "-DincludeScope=runtime", f"-DoutputDirectory={draft}"], capture_output=True, text=True, check=False
    )
    if fetched.returncode:
        raise NoKafka(f"Maven could not fetch Kafka's jars: {fetched.stdout[-500:]}")
    with suppress(OSError):  # another run was faster
        draft.rename(folder)
    return folder


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


class Broker:
    """One node. It keeps its ports and its data when it is killed and started again."""

    def __init__(
        self, node: int, folder: Path, ports: tuple[int, int], settings: dict[str, str], through: int | None = None
    ) -> None:
        """`ports` are the clients' and the controllers'; `settings` are added to the server's own.

        Clients are told to come to the port `through`, where a proxy stands before it.
        """
        self.node, self.folder = node, folder
        self.port, self._controller = ports
        self.advertised = through or self.port
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "server.properties").write_text(self._properties())
        (folder / "log4j2.properties").write_text(LOG4J)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.advertised}"

    def _properties(self) -> str:
        own = {
            "process.roles": "broker,controller",
            "node.id": str(self.node),
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self._controller}",
            "advertised.listeners": f"PLAINTEXT://{self.address},CONTROLLER://127.0.0.1:{self._controller}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": str(self.folder / "data"),
            "auto.create.topics.enable": "false",
            "num.network.threads": "2",
            "num.io.threads": "4",
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.num.partitions": "4",
            "group.initial.rebalance.delay.ms": "0",
            "group.min.session.timeout.ms": "1000",
            "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
            "log.cleaner.dedupe.buffer.size": "8388608",  # by default 128 MiB are taken from the heap
            "log.segment.bytes": "16777216",
        }
        return "".join(f"{key}={value}\n" for key, value in (own | self._settings).items())

    def format(self, cluster: str, users: dict[str, str]) -> None:
        """Prepare the disk; `users` and their passwords are known by SCRAM."""
        tool = ["java", "-cp", f"{jars()}/*", "kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", cluster]
        alone = [] if "controller.quorum.voters" in self._settings else ["--standalone"]
        known = [f"SCRAM-SHA-512=[name={name},password={password}]" for name, password in users.items()]
        added = [word for user in known for word in ("--add-scram", user)]
        config = ["-c", str(self.folder / "server.properties")]
        subprocess.run([*tool, *alone, *added, *config], check=True, capture_output=True)

    def start(self) -> None:
        """Start the node, without waiting until it answers."""
        config = f"-Dlog4j2.configurationFile=file:{self.folder}/log4j2.properties"
        ended_with_us = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        with (self.folder / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *ended_with_us,
                    *("java", *JVM, config, f"-Dkafka.logs.dir={self.folder}/logs"),
                    *("-cp", f"{jars()}/*", "kafka.Kafka", str(self.folder / "server.properties")),
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # a Ctrl-C meant for us does not reach it
            )

    def fill_disk(self) -> bool:
        """Let no file of the running node grow beyond the largest segment there is; whether that could be done."""
        tool, running = shutil.which("prlimit"), self._process
        if tool is None or running is None:
            return False
        largest: int = max((path.stat().st_size for path in (self.folder / "data").rglob("*.log")), default=0)
        told = [tool, f"--pid={running.pid}", f"--fsize={largest + 4096}"]
        return not subprocess.run(told, check=False).returncode

    def wait_until_started(self) -> None:
        assert self._process
        until = time.monotonic() + PATIENCE
        while STARTED not in (text := (self.folder / "server.log").read_text(errors="replace")):
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"Kafka did not start:\n{text[-3000:]}")
            time.sleep(0.05)

    def signal(self, number: int) -> None:
        """Send a signal to the node; after SIGKILL it is gone when this returns."""
        assert self._process
        self._process.send_signal(number)
        if number == signal.SIGKILL:
            self._process.wait()

    def kill(self) -> None:
        if self._process and self._process.poll() is None:
            self.signal(signal.SIGKILL)


class Cluster:
    """One broker or three, in a folder of their own."""

    def __init__(
        self, folder: Path, count: int = 1, settings: dict[str, str] | None = None, through: Sequence[int] = ()
    ) -> None:
        """Clients are told to come to the ports `through`, one for each broker, where they are given."""
        ports = free_ports(2 * count)
        pairs = list(zip(ports[:count], ports[count:], strict=True))
        copies, least = str(count), str(2 if count > 2 else 1)
        before = list(through) or [None] * count
        common = {
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": least,
            "share.coordinator.state.topic.replication.factor": copies,
            "share.coordinator.state.topic.min.isr": least,
        }
        if count == 1:
            common["controller.quorum.bootstrap.servers"] = f"127.0.0.1:{pairs[0][1]}"
        else:
            voters = (f"{node}@127.0.0.1:{pair[1]}" for node, pair in enumerate(pairs, 1))
            common["controller.quorum.voters"] = ",".join(voters)
        self.brokers = [
            Broker(number, folder / str(number), pair, common | (settings or {}), port)
            for number, (pair, port) in enumerate(zip(pairs, before, strict=True), 1)
        ]

    @property
    def address(self) -> str:
        return ",".join(broker.address for broker in self.brokers)

    def start(self, users: dict[str, str] | None = None) -> None:
        """Format the disks, start all nodes, and wait until they answer."""
        for broker in self.brokers:
            broker.format("4L6g3nShT-eMCtK--X86sw", users or {})
            broker.start()
        for broker in self.brokers:
            broker.wait_until_started()

    def close(self) -> None:
        for broker in self.brokers:
            broker.kill()


@contextmanager
def running(
    count: int = 1, settings: dict[str, str] | None = None, users: dict[str, str] | None = None
) -> Iterator[Cluster]:
    """A cluster that is gone, with its data, at the end. Raises `NoKafka`."""
    jars()
    with tempfile.TemporaryDirectory(prefix="demarche-kafka-", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(Path(folder), count, settings)
        try:
            cluster.start(users)
            yield cluster
        finally:
            cluster.close()


def main() -> None:
    try:
        with running(int(sys.argv[1]) if len(sys.argv) > 1 else 1) as cluster, suppress(KeyboardInterrupt):
            print(f"Kafka {VERSION} at {cluster.address}; Ctrl-C stops it", flush=True)  # noqa: T201  # the command's output
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            signal.pause()
    except NoKafka as why:
        sys.exit(f"no Kafka: {why}")


if __name__ == "__main__":
    main()
