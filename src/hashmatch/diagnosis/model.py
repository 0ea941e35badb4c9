"""What a diagnosis says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """What came of a check."""

    OK = "ok"
    OPTIONAL = "optional"
    """Something is not installed that scans do not need."""
    DEGRADED = "degraded"
    """It works, but not all of it, or not as safely or as fast as it could."""
    FAILED = "failed"
    """Results cannot be relied on."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried.

    Attributes:
        name: what was tried, as `format jpeg`.
        state: what came of it.
        detail: what was seen.
        advice: what to do; empty where nothing need be done.
    """

    name: str
    state: State
    detail: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that was tried, and what this installation consists of.

    Attributes:
        checks: in the order in which they were made.
        versions: of hashmatch, Python, the system and every library, by name.
        facts: of the system: limits, sandbox, cache folder.
    """

    checks: tuple[Check, ...]
    versions: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> State:
        """The worst of all checks; `ok` where only optional parts are missing."""
        states = {check.state for check in self.checks}
        return next((each for each in (State.FAILED, State.DEGRADED) if each in states), State.OK)
