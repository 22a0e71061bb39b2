"""What one step of correlate gathers, and the changes of state that it makes of it."""

from collections.abc import Mapping

from consumers.correlate.live import Live
from consumers.correlate.world import World
from monitor.message.codec import encode
from monitor.message.fact import Fact
from monitor.message.incident import Fired, PairState, Watch
from monitor.message.step import Output, Step

WATCH = "watch"  # key of state


class Turn:
    """What one step gathers."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.facts: list[Fact] = []
        self.dirty: dict[str, Live] = {}
        self.gone: set[str] = set()
        self.items: set[str] = set()
        self.pairs: set[str] = set()
        self.fired: set[str] = set()
        self.watch_began = False

    def step(self, world: World, pairs: Mapping[str, PairState], fired: Mapping[str, Fired]) -> Step:
        changes: dict[str, bytes | None] = {}
        for incident in (*self.gone, *self.dirty):
            live = world.lives.get(incident)
            changes[f"incident:{incident}"] = encode(live.record) if live else None
        for item in self.items:
            trace = world.traces.get(item)
            changes[f"item:{item}"] = encode(trace) if trace else None
        for pair in self.pairs:
            if pair in pairs:
                changes[f"pair:{pair}"] = encode(pairs[pair])
        for key in self.fired:
            changes[f"fired:{key}"] = encode(fired[key]) if key in fired else None
        if self.watch_began and world.since is not None:
            changes[WATCH] = encode(Watch(since=world.since))
        return Step(outputs=self.outputs, changes=changes, facts=self.facts)
