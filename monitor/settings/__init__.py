"""monitor.yaml and the environment, read into frozen settings: every fault at once, each with its line."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from monitor.errors import Fault, Faults
from monitor.settings.notify import NotifySection
from monitor.settings.program import HealthSettings, LogSettings, RulesSettings
from monitor.settings.routes import unknown_names
from monitor.settings.whole import Settings
from monitor.yaml_file import place_of, read_yaml, validated

__all__ = [
    "HealthSettings",
    "LogSettings",
    "RulesSettings",
    "Settings",
    "file_of",
    "left_for_a_restart",
    "load_settings",
    "unknown_in_routes",
]

DEFAULT_FILE = "monitor.yaml"
# Variables that stand for one setting each; they win over the file.
VARIABLES = {
    "DEMARCHE_STREAM_URL": ("stream", "url"),
    "DEMARCHE_FEEDS": ("feeds",),
    "DEMARCHE_RULES_FOLDER": ("rules", "folder"),
    "DEMARCHE_LOG_LEVEL": ("log", "level"),
    "DEMARCHE_LOG_FORMAT": ("log", "format"),
    "DEMARCHE_HEALTH_HOST": ("health", "host"),
    "DEMARCHE_HEALTH_PORT": ("health", "port"),
    "DEMARCHE_HEARTBEAT_URL": ("health", "heartbeat_url"),
}


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings of `path`, of `DEMARCHE_SETTINGS`, or of `monitor.yaml` here; of none where there is no such file.

    Raises `Faults`.
    """
    file = file_of(path, environ)
    if file is None:
        return _with_variables({}, "the environment", None, environ)
    if not file.exists():
        raise Faults([Fault(str(file), 0, "no such file; name one that exists, or none for the defaults")])
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as why:
        raise Faults([Fault(str(file), 0, f"cannot be read: {why}")]) from None
    data = read_yaml(str(file), text)
    if data is not None and not isinstance(data, dict):
        raise Faults([Fault(str(file), 1, "must hold keys such as `feeds:` and `destinations:`")])
    return _with_variables(data or {}, str(file), file.parent, environ)


def file_of(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    """The file that is asked for, whether it exists or not; else `monitor.yaml` where there is one here."""
    given = path or (Path(environ["DEMARCHE_SETTINGS"]) if environ.get("DEMARCHE_SETTINGS") else None)
    return given or (Path(DEFAULT_FILE) if Path(DEFAULT_FILE).exists() else None)


def unknown_in_routes(loaded: Settings, file: Path | None, kinds: Collection[str], actors: Collection[str]) -> None:
    """Raises `Faults` where a route names a kind or a state that nothing bears, and so would never be taken."""
    data = read_yaml(str(file), file.read_text(encoding="utf-8")) if file else None
    faults = []
    for place, why in unknown_names(loaded.routes, kinds, actors):
        line, column = place_of(data, place)
        faults.append(Fault(str(file or ""), line, f"{'.'.join(map(str, place))}: {why}", column))
    if faults:
        raise Faults(faults)


def left_for_a_restart(loaded: Settings, fresh: Settings) -> list[str]:
    """The keys that are different, and that a program which runs does not heed."""
    heeded = set(NotifySection.model_fields) - {"ca_file"}
    return [
        name for name in Settings.model_fields if name not in heeded and getattr(loaded, name) != getattr(fresh, name)
    ]


def _with_variables(data: Any, path: str, folder: Path | None, environ: Mapping[str, str]) -> Settings:
    for variable, (*above, last) in VARIABLES.items():
        if value := environ.get(variable):
            section = data
            for key in above:
                section = section.setdefault(key, {})
            section[last] = value
    settings = validated(Settings, path, data)
    return settings.placed(folder or Path())
