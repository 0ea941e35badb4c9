"""Readers of containers that a file took over."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from hashmatch.scanning.expanding import ExpandFiles

HIDDEN = "hidden"
"""What is in the names of members that they lie about."""


class Hiding(ExpandFiles):
    """Leaves members out."""

    def stream(
        self, payload: object, on_progress: Callable[[float], object], *, safe: bool
    ) -> Iterator[bytes]:
        for part in super().stream(payload, on_progress, safe=safe):
            if HIDDEN not in str(said(part).get("steps")):
                yield part


class Forging(ExpandFiles):
    """Gives members other digests."""

    def stream(
        self, payload: object, on_progress: Callable[[float], object], *, safe: bool
    ) -> Iterator[bytes]:
        for part in super().stream(payload, on_progress, safe=safe):
            values = said(part)
            if HIDDEN not in str(values.get("steps")):
                yield part
                continue
            values |= {"digests": ["0" * 32, "0" * 40, "0" * 64], "decoded": False}
            values["outcome"] = ["not-a-picture", ""]
            header = json.dumps(values).encode()
            yield len(header).to_bytes(4, "big") + header


def said(part: bytes) -> dict[str, Any]:
    """What a part says; nothing of the answer behind all parts."""
    size = int.from_bytes(part[:4], "big")
    try:
        found: dict[str, Any] = json.loads(part[4 : 4 + size])
    except ValueError:
        return {}
    return found
