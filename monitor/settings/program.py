"""Settings of the program itself: its log, its health port, its rules."""

from datetime import time
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class LogSettings(BaseModel):
    """`log:`"""

    model_config = ConfigDict(extra="forbid", frozen=True)
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "text"] = Field("auto", description="auto: text on a terminal, JSON in a pipe")


class HealthSettings(BaseModel):
    """`health:`"""

    model_config = ConfigDict(extra="forbid", frozen=True)
    host: str = "127.0.0.1"
    port: int | None = Field(None, ge=0, le=65535, description="of /healthz, /readyz and /metrics; none: closed")
    heartbeat_url: str = Field("", description="fetched every minute while all is well")
    daily_line: time | None = Field(None, description="UTC; when the operator is told of the day, also of an empty one")


class RulesSettings(BaseModel):
    """`rules:`"""

    model_config = ConfigDict(extra="forbid", frozen=True)
    folder: Path | None = Field(
        None, description="a folder of your own, laid over the rules that come with the program"
    )
