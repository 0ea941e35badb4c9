"""Who runs this process, on which machine and system: what the system says, not a variable."""

import json
import os
import platform
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from hashmatch.model import Json
from hashmatch.sightings.store import Store

_NAMES = ("LOGNAME", "SUDO_USER", "SUDO_UID")
"""Variables that anybody can set: kept beside what the system says, never instead of it."""


@cache
def actor() -> str:
    """The user that this process runs as: name and number, as the system knows them."""
    if sys.platform == "win32":
        named = os.getlogin()
    else:
        number = os.getuid()
        name = _name_of(number)
        named = f"{name} (uid {number})" if name else f"uid {number}"
    return named


@cache
def host() -> str:
    """The name of this machine."""
    return platform.node()


def at_start() -> dict[str, dict[str, Json]]:
    """What is put on record with the start of every run, by aspect."""
    return {"system": system_facts()}


def system_facts() -> dict[str, Json]:
    """User, operating system, kernel and machine."""
    facts: dict[str, Json] = {
        "user": actor(),
        "system": platform.system(),
        "kernel": platform.release(),
        "kernel_version": platform.version(),
        "machine": platform.machine(),
        "processor": _processor(),
        "python": platform.python_version(),
    }
    if sys.platform != "win32" and os.geteuid() != os.getuid():
        facts["effective_uid"] = os.geteuid()
    said = {name: os.environ[name] for name in _NAMES if os.environ.get(name)}
    if said:
        facts["said_by_variables"] = {**said}
    return facts


def of_run(store: Store, run: int) -> dict[str, tuple[Mapping[str, Json], ...]]:
    """The conditions of a run on record, by aspect."""
    rows = store.execute(
        "SELECT aspect, facts FROM environments WHERE run_id = ? ORDER BY id", (run,)
    )
    told: dict[str, tuple[Mapping[str, Json], ...]] = {}
    for aspect, facts in rows:
        told[aspect] = (*told.get(aspect, ()), json.loads(facts))
    return told


def _name_of(number: int) -> str:
    name = ""
    if sys.platform != "win32":
        import pwd

        with suppress(KeyError):
            name = pwd.getpwuid(number).pw_name
    return name


def _processor() -> str:
    """The name of the processor, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor()
