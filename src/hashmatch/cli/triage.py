"""The order of a triage, and when it ends."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import typer

from hashmatch.cli.output import note
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.scanning.triage.triage import Triage
    from hashmatch.sightings.recording import Run

_WRITTEN: Final = re.compile(r"(\d+(?:\.\d+)?)(%|s|m|min|h)")
_SECONDS: Final = {"s": 1, "m": 60, "min": 60, "h": 3600}
_ALL: Final = 100


@dataclass(frozen=True, slots=True)
class StopAfter:
    """When a triage ends.

    Attributes:
        share: of the work, 0-1; None where time decides.
        seconds: of elapsed time; None where the share decides.
    """

    share: float | None = None
    seconds: float | None = None

    @classmethod
    def of(cls, text: str) -> "StopAfter | None":
        """What was written on the command line; None where nothing was.

        Raises:
            BadParameter: it is neither a share nor a time.
        """
        if not text:
            return None
        found = _WRITTEN.fullmatch(text.strip().lower())
        value = float(found[1]) if found else 0.0
        if found is None or not value or (found[2] == "%" and value >= _ALL):
            msg = f"{text!r} is neither a share of the work, as 5%, nor a time, as 90s, 15m or 2h"
            raise typer.BadParameter(msg, param_hint="--stop-after")
        if found[2] == "%":
            return cls(share=value / _ALL)
        return cls(seconds=value * _SECONDS[found[2]])


@dataclass(frozen=True, slots=True)
class Order:
    """The order in which a folder is scanned, and when that ends.

    Attributes:
        triage: what is likeliest to match comes first; None for the order of the folder.
        stop_after: when it ends; None where it goes on to the end.
    """

    triage: "Triage | None" = None
    stop_after: StopAfter | None = None

    @classmethod
    def of_triage(cls, stop_after: StopAfter | None, run: "Run | None") -> "Order":
        """A triage, whose weights are moved by what is on record, if there is a record."""
        from hashmatch.scanning.triage.triage import Triage

        share = None if stop_after is None else stop_after.share
        triage = Triage(() if run is None else run.taught(), share=share)
        weights = triage.weights
        if weights.matched:
            files = number_of(weights.files, "file")
            note(f"triage: order by {files} on record, of which {weights.matched:,} matched")
        return cls(triage, stop_after)

    def arguments(self, asked: Callable[[], bool]) -> dict[str, Any]:
        """Those of `iter_scan`: the order, and what says whether to stop.

        Args:
            asked: whether the user asked to stop.
        """
        stop, seconds = asked, None if self.stop_after is None else self.stop_after.seconds
        if seconds is not None:
            end = time.monotonic() + seconds

            def stop() -> bool:
                return asked() or time.monotonic() >= end

        return {"triage": self.triage, "stop": stop}

    def note_unread(self) -> None:
        """Say what a triage did not come to."""
        if self.triage is not None and self.triage.unread:
            note(self.triage.unread_in_words)
