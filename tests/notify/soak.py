"""An hour of random faults in simulated time, with restarts: `python -m tests.notify.soak [SEED] [HOURS]`.

Nothing may be lost; what comes twice must be marked as re-sent, and only where a fault or a kill made it unavoidable.
"""

import asyncio
import random
import sys
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

import httpx

from tests.notify.desk import Desk, settings_of
from tests.notify.samples import alert
from tests.notify.server import Answer, Asked, Server, serving

FAULTS = [Answer(500), Answer(502), Answer(503), Answer(429, "", {"retry-after": "2"}), Answer(fault="reset")]
FAULTS += [Answer(429), Answer(fault="close"), Answer(fault="hang"), Answer(408)]
NAMES = ("one", "two", "three")


@dataclass(frozen=True)
class Audit:
    """What the receivers saw, counted over all of them."""

    sent: int
    lost: int
    doubled: int
    unmarked: int
    restarts: int


class _Dice:
    """A script that throws for each request, and remembers what it threw."""

    def __init__(self, server: Server, seed: int) -> None:
        self._dice, self._server = random.Random(seed), server  # noqa: S311  # repeatable, and no secret

    def kill(self) -> bool:
        return self._dice.random() < 0.03

    def throw(self) -> None:
        """Set the next answer of each path."""
        for name in NAMES:
            bad = self._dice.random() < 0.3
            self._server.script(f"/{name}", self._dice.choice(FAULTS) if bad else Answer(200))


async def soak(seed: int, hours: float = 1.0, every: float = 20.0) -> Audit:
    """Alerts for `hours`, one each `every` seconds, to three destinations, until all of them are settled."""
    async with serving() as server, httpx.AsyncClient(trust_env=False) as http:
        dice = _Dice(server, seed)
        hook = {"type": "webhook", "timeout": 0.05, "concurrency": 1}
        desk = Desk(settings_of({name: {**hook, "url": f"{server.root}/{name}"} for name in NAMES}), http)
        answers: dict[int, Answer] = {}
        restarts = 0
        count = int(hours * 3600 / every)
        for number in range(count):
            restarts += await _turn(desk, server, dice, answers, number)
            desk.now += timedelta(seconds=every)
        for name in NAMES:
            server.script(f"/{name}", Answer(200))
        await desk.run(timedelta(days=3))
        return _audit(server, answers, count, restarts)


async def _turn(desk: Desk, server: Server, dice: _Dice, answers: dict[int, Answer], number: int) -> int:
    """One alert, and what is due besides; now and then the process is killed in the middle."""
    actions = desk.step(alert(f"a{number}", at=desk.now))
    for _ in range(20):
        if not actions:
            break
        dice.throw()
        planned = {name: server._scripts[f"/{name}"][0] for name in NAMES}
        before = len(server.asked)
        results = await asyncio.gather(*(desk.notifier.perform(action) for action in actions))
        for place in range(before, len(server.asked)):
            answers[place] = planned[server.asked[place].path[1:]]
        if dice.kill():
            desk.restart()
            return 1
        desk.results += results
        actions = desk.step()
    if actions:  # left under way, as by a kill before they began
        desk.restart()
        return 1
    return 0


def _audit(server: Server, answers: dict[int, Answer], count: int, restarts: int) -> Audit:
    arrived: dict[tuple[str, str], list[tuple[Asked, Answer]]] = defaultdict(list)
    for place, asked in enumerate(server.asked):
        arrived[asked.path, asked.headers["webhook-id"]].append((asked, answers.get(place, Answer(200))))
    doubled = unmarked = 0
    for several in arrived.values():
        doubt = False
        for asked, answer in several:
            if doubt:
                doubled += 1
                unmarked += not asked.json["resent"]
            doubt = doubt or answer.status in (200, 500, 502) or bool(answer.fault)
    taken = {key for key, several in arrived.items() if any(one.status == 200 and not one.fault for _, one in several)}
    return Audit(count * len(NAMES), count * len(NAMES) - len(taken), doubled, unmarked, restarts)


if __name__ == "__main__":
    audit = asyncio.run(soak(int(sys.argv[1]) if len(sys.argv) > 1 else 1, float((sys.argv[2:] or ["1"])[0])))
    sys.stdout.write(f"{audit}\n")
    sys.exit(audit.lost or audit.unmarked)
