"""The one loop: read, decide, commit, act, again. It knows streams, and no stage by name."""

from monitor.stage.loop import run_stage
from monitor.stage.worker import Clock, Edge, Watch, Worker

__all__ = ["Clock", "Edge", "Watch", "Worker", "run_stage"]
