"""How fast items are classified, for each core: `python -m tests.bench.classify [FILE [COUNT]]`.

FILE is JSON lines as `demarche classify` reads them; without one, news of our own is made up, of which 1 item in 25
has the words of an act. Figures: items a second with decoding, how many the gate lets in and how many are parsed,
what these take, and the share of what decoding and one scan for names reach on the same items in the same run. The
goals: 100,000 items a second and 15 % of the bare scan, 3 % let in, 150 microseconds for these, 1 ms for 99 of 100.
Then texts of 100 KB that are made to be slow, of which each must take 50 ms at most.
"""

import gzip
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from consumers.classify import Rules, classify, compile_rules
from consumers.classify.engine import Engine
from consumers.classify.gate import Gate
from consumers.classify.report import text_of
from consumers.classify.rules import Pack
from monitor.cli.past_items import PastItem, item_of
from monitor.message.item import Item
from monitor.rules_folder import read_packs
from tests.bench._cpu import cpu_time
from tests.classify.test_growth import HOSTILE

COUNT = 20_000
ROUNDS = 3
LARGE = 100_000  # characters
WHO = ("The council", "A farmer", "The board", "A choir", "The museum", "Her neighbour", "A bakery", "The captain")
DOES = ("opens", "plans", "weighs", "paints", "praises", "buys", "repairs", "sells", "looks for", "talks about", "hits")
WHAT = ("a bridge", "the budget", "two ferries", "the harbour", "a festival", "its rivals", "a new school", "the match")
WHERE = ("in the north", "near the coast", "after the storm", "before the winter", "on Monday", "for a year")
NAMED = ("in Lima", "in Japan", "against Chile", "with a team from Norway")  # 1 item in 4, as in English news of 2022
ACTS = (
    "Norway summons Russian ambassador over jets",
    "Peru expels two Chilean diplomats",
    "Chad recalls its envoy from Paris",
    "Japan condemns the launch by North Korea",
)


def made_up(count: int) -> list[bytes]:
    """Items of our own wording, the same in each run."""
    draw = random.Random(7)  # noqa: S311 no secret
    lines = []
    for number in range(count):
        said = [" ".join(map(draw.choice, (WHO, DOES, WHAT, WHERE))) for _ in range(4)]
        if number % 4 == 0:
            said[1] += " " + draw.choice(NAMED)
        if number % 25 == 0:
            said[0] = draw.choice(ACTS)
        item = {"id": f"{number}", "lang": "en", "published": "2026-03-01T12:00:00Z", "title": said[0]}
        lines.append(msgspec.json.encode(item | {"summary": ". ".join(said[1:]) + "."}))
    return lines


def read(path: Path, count: int) -> list[bytes]:
    """Every nth line of a file, so that `count` of them are of all its times."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        lines = file.read().splitlines()
    return lines[:: max(len(lines) // count, 1)]


def main(lines: Sequence[bytes]) -> None:
    rules = compile_rules(read_packs(), {"en"})
    pack = rules.packs["en"]
    gate = pack.gate
    assert isinstance(gate, Gate)
    decode = msgspec.json.Decoder(PastItem).decode

    def scan() -> None:
        for line in lines:
            past = decode(line)
            gate.names.find_matches_as_indexes(gate.layout(f"{past.title}\n{past.summary}"), overlapping=True)

    def whole() -> None:
        for line in lines:
            classify(item_of(decode(line)), rules)

    items = [item_of(decode(line)) for line in lines]
    admitted = [item for item in items if gate.admits(text_of(item))]
    parsed = [item for item in admitted if _is_parsed(item, pack)]
    bare, full = cpu_time(scan, ROUNDS), cpu_time(whole, ROUNDS)
    each = sorted(cpu_time(lambda item=item: classify(item, rules), ROUNDS) * 1e6 for item in admitted)
    _say(f"{len(items):,} items of {sum(map(len, lines)) // len(lines)} bytes, CPU time, best of {ROUNDS}")
    _say(f"  items             {len(items) / full:,.0f} a second")
    _say(f"  decode and scan   {len(items) / bare:,.0f} a second; of these we reach {bare / full:.0%}")
    _say(f"  let in            {len(admitted) / len(items):.1%}, parsed {len(parsed) / len(items):.1%}")
    _say(f"  one let in        {sum(each) / len(each):,.0f} us, 99 of 100 under {each[len(each) * 99 // 100]:,.0f} us")
    _hostile(rules, items[0])


def _is_parsed(item: Item, pack: Pack) -> bool:
    engine = Engine(item, pack)
    engine.run()
    return bool(engine.folded)


def _hostile(rules: Rules, sample: Item) -> None:
    for name, text in HOSTILE.items():
        item = msgspec.structs.replace(sample, content=text * (LARGE // len(text)))
        _say(f"  100 KB            {cpu_time(lambda item=item: classify(item, rules), ROUNDS) * 1e3:4.0f} ms, {name}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else COUNT
    main(read(Path(sys.argv[1]), wanted) if len(sys.argv) > 1 else made_up(wanted))
