"""All of monitor.yaml in one model."""

from pathlib import Path
from typing import Self

from pydantic import Field

from monitor.settings.correlate import CorrelateSettings
from monitor.settings.ingest import IngestSettings
from monitor.settings.notify import NotifySection
from monitor.settings.program import HealthSettings, LogSettings, RulesSettings
from monitor.settings.stream import StreamSettings


class Settings(NotifySection):
    """Every key has a default, so that the file may be empty or missing."""

    stream: StreamSettings = StreamSettings()
    feeds: Path | None = Field(None, description="feeds.yaml or OPML; none: ./feeds.yaml, else the default list")
    ingest: IngestSettings = IngestSettings()
    rules: RulesSettings = RulesSettings()
    incidents: CorrelateSettings = CorrelateSettings()
    log: LogSettings = LogSettings()
    health: HealthSettings = HealthSettings()

    def placed(self, folder: Path) -> Self:
        """Relative paths start at the folder of the file that names them."""
        rules, trusted = self.rules.folder, self.ingest.ca_file
        return self.model_copy(
            update={
                "stream": self.stream.placed(folder),
                "destinations": {name: options.placed(folder) for name, options in self.destinations.items()},
                "ca_file": folder / self.ca_file if self.ca_file else None,
                "ingest": self.ingest.model_copy(update={"ca_file": folder / trusted if trusted else None}),
                "feeds": folder / self.feeds if self.feeds else None,
                "rules": self.rules.model_copy(update={"folder": folder / rules if rules else None}),
            }
        )
