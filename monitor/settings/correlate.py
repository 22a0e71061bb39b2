"""How incidents are made and what is told of them: the section `incidents` of monitor.yaml."""

from collections.abc import Sequence
from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict, Field

from consumers.correlate.deadline import TermWords
from consumers.correlate.pattern.rule import Pattern
from consumers.correlate.policy import Policy, War
from monitor.message.kind import Level
from monitor.tables import Tables


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WarSettings(_Section):
    """Two sides at war; between them threats and shows of force are told as low."""

    sides: tuple[str, str]
    since: date
    until: date | None = None


class RoutineSettings(_Section):
    """What a source has done to the same target `count` times in `days` is a line of the digest."""

    kinds: list[str] = Field(default=["sanctions-imposed", "threat", "military-threat"])
    count: int = Field(default=2, ge=1)
    days: int = Field(default=30, ge=1, le=60)


class RowSettings(_Section):
    """A pair with `posts` in `days` is in a row; repeats of `kinds` then stay in its thread."""

    kinds: list[str] = Field(default=["threat", "condemnation", "military-threat"])
    posts: int = Field(default=4, ge=2)
    days: int = Field(default=7, ge=1, le=30)


class CorrelateSettings(_Section):
    """Hours and days are of event time."""

    min_level: Level = Level.MEDIUM
    alert_window_hours: float = Field(default=24, gt=0)
    joint_hours: float = Field(default=6, ge=0)
    longest_days: float = Field(default=14, gt=0, le=30)
    keep_days: int = Field(default=62, ge=61)
    confirm_outlets: int = Field(default=3, ge=1)
    confirm_countries: int = Field(default=2, ge=1)
    corroboration_at: list[int] = Field(default_factory=list)
    routine: RoutineSettings = Field(default_factory=RoutineSettings)
    row: RowSettings = Field(default_factory=RowSettings)
    wars: list[WarSettings] = Field(default_factory=list)

    def policy(self, tables: Tables, patterns: Sequence[Pattern] = ()) -> Policy:
        """The frozen value that correlate is made with; own wars are added to the known ones."""
        return Policy(
            min_level=self.min_level,
            alert_window=timedelta(hours=self.alert_window_hours),
            joint=timedelta(hours=self.joint_hours),
            longest=timedelta(days=self.longest_days),
            keep=timedelta(days=self.keep_days),
            confirm_outlets=self.confirm_outlets,
            confirm_countries=self.confirm_countries,
            rungs=tuple(sorted(self.corroboration_at)),
            routine_kinds=frozenset(self.routine.kinds),
            routine_count=self.routine.count,
            routine_span=timedelta(days=self.routine.days),
            row_kinds=frozenset(self.row.kinds),
            row_posts=self.row.posts,
            row_span=timedelta(days=self.row.days),
            wars=(
                *(War(frozenset(war.sides), war.since, war.until) for war in tables.wars),
                *(War(frozenset(war.sides), war.since, war.until) for war in self.wars),
            ),
            patterns=tuple(patterns),
            common_terms=tables.common_terms,
            repeat_words=tables.repeat_words,
            deadlines={lang: TermWords(**words) for lang, words in tables.deadlines.items()},
            other_names=tables.other_names,
        )
