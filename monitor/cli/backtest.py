"""`demarche backtest`: what would have been told of the past."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from consumers.classify import Rules, compile_rules
from consumers.correlate.pattern.rule import Pattern
from consumers.correlate.worker import Correlator
from consumers.notify.settings import NotifySettings
from monitor import wiring
from monitor.cli.history import History, Past
from monitor.cli.options import OwnRules, SettingsFile, duration
from monitor.cli.rehearsal import Rehearsal, Sent
from monitor.cli.replay import Heard, Line, line_of, replay, stamp
from monitor.cli.score import Known, score
from monitor.correlations import patterns
from monitor.errors import UserError
from monitor.message.alert import Alert
from monitor.rules_folder import read_folder, rules_folder
from monitor.settings import Settings
from monitor.tables import read_tables


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("backtest")(backtest)


def backtest(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Items, one JSON object a line, .gz too; else what the stream holds."),
    ] = None,
    since: Annotated[str, typer.Option(help="only the last 8h, 14d, 4w of it")] = "",
    signals: Annotated[bool, typer.Option("--signals", help="Take the signals that the file has as labels.")] = False,
    rules: OwnRules = None,
    destination: Annotated[
        str, typer.Option("--destination", help="What this one would have been sent, and as what.")
    ] = "",
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="RULES_DIR|MONITOR.yaml", help="Print only what is gained (>) and lost (<)."),
    ] = None,
    scored: Annotated[
        Path | None, typer.Option("--score", metavar="INCIDENTS.json", help="Compare with incidents that are known.")
    ] = None,
    settings: SettingsFile = None,
) -> None:
    """Print what there was to tell, one line each as JSON, in order of time.

    Example: demarche backtest week.jsonl.gz --rules my-rules --against rules
    """
    if signals and file is None:
        raise UserError("--signals takes the labels of a FILE: name one")
    loaded = wiring.settings(settings)
    history = History(file, loaded, duration(since) if since else None, signals)
    mine = Way.of(loaded, rules or loaded.rules.folder)
    if against is not None:
        theirs = _other(loaded, mine, against)
        _print_difference(_lines(mine, history, destination), _lines(theirs, history, destination))
    elif scored is None:
        _print(_lines(mine, history, destination))
    else:
        known = _known(scored)
        past = mine.read(history)
        correlator = mine.correlator()
        alerts = [alert for one in replay(past.messages, correlator) for alert in one.alerts]
        found = [live.record for live in correlator.world.lives.values()]
        sys.stdout.write("\n".join(score(known, alerts, found, correlator.world.kinds).lines()) + "\n")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to take the past: rules, and the settings of what follows them."""

    loaded: Settings
    rules: Rules
    patterns: Sequence[Pattern] = ()

    @classmethod
    def of(cls, loaded: Settings, folder: Path | None) -> "Way":
        """`folder`: rules of one's own, or ours in another state. Raises `Faults`."""
        packs = read_folder(folder)[0]
        compiled = compile_rules(packs)
        return cls(loaded, compiled, patterns(packs, compiled.kinds, compiled.names))

    def read(self, history: History) -> Past:
        """The past as these rules read it."""
        return history.read(self.rules)

    def correlator(self) -> Correlator:
        """One that knows nothing yet."""
        tables = read_tables(rules_folder())
        return Correlator(self.loaded.incidents.policy(tables, self.patterns), self.rules.kinds, tables.names)

    def telling(self) -> NotifySettings:
        """Whom it tells what."""
        return wiring.telling(self.loaded)


def rehearsed(heard: Iterable[Heard], telling: NotifySettings, names: Sequence[str]) -> Rehearsal:
    """What destinations would have been sent of all that."""
    rehearsal = Rehearsal(telling, names)
    for one in heard:
        rehearsal.hear(one.alerts, one.at)
    return rehearsal


def _other(loaded: Settings, mine: Way, against: Path) -> Way:
    """A folder of rules, or a settings file: then with the rules that it names."""
    if against.is_dir():
        return Way.of(loaded, against)
    other = wiring.settings(against)
    same = other.rules.folder == loaded.rules.folder
    return Way(other, mine.rules, mine.patterns) if same else Way.of(other, other.rules.folder)


def _lines(way: Way, history: History, destination: str) -> list[Line]:
    past = way.read(history)
    heard = replay(past.messages, way.correlator())
    if not destination:
        alerts = [alert for one in heard if one.at >= past.start for alert in one.alerts]
        return [line_of(alert) for alert in alerts if not alert.held]
    telling = way.telling()
    if destination not in telling.destinations:
        raise UserError(f"no destination {destination}; there are {', '.join(telling.destinations)}")
    rehearsal = rehearsed(heard, telling, [destination])
    sent = [one for one in rehearsal.sent if one.at >= past.start]
    return [line for one in sent for line in _sent_lines(one, rehearsal.alerts)]


def _sent_lines(sent: Sent, by_id: Mapping[str, Alert]) -> list[Line]:
    at = stamp(sent.at.isoformat(timespec="seconds"))
    return [msgspec.structs.replace(line_of(by_id[one]), sent=at, form=str(sent.form)) for one in sent.alerts]


def _known(file: Path) -> list[Known]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[Known])
    except OSError as fault:
        raise UserError(f"{file}: cannot be read: {fault.strerror or fault}") from fault
    except msgspec.MsgspecError as fault:
        raise UserError(f"{file}: no list of incidents: {fault}") from fault


def _print(lines: Iterable[Line]) -> None:
    """One line for each thing to tell; without a destination, lines of the digest alone are left out."""
    encode = msgspec.json.Encoder().encode
    for line in lines:
        sys.stdout.buffer.write(encode(line) + b"\n")
    sys.stdout.buffer.flush()


def _print_difference(mine: Sequence[Line], theirs: Sequence[Line]) -> None:
    """What only one of two replays tells, marked with > (gained) and < (lost)."""
    encode = msgspec.json.Encoder().encode
    sides = {mark: {(line.id, line.form): line for line in lines} for mark, lines in ((">", mine), ("<", theirs))}
    marked = [
        (line.sent or line.at, mark, line.id, line)
        for mark, other in ((">", "<"), ("<", ">"))
        for key, line in sides[mark].items()
        if key not in sides[other]
    ]
    for _, mark, _, line in sorted(marked, key=lambda one: one[:3]):
        sys.stdout.buffer.write(f"{mark} ".encode() + encode(line) + b"\n")
    sys.stdout.buffer.flush()
