"""Readers of disk images that a file, a file system or free space ends."""

import os
from collections.abc import Callable, Iterator

from hashmatch.scanning.images.job import ReadInside
from hashmatch.scanning.images.orders import ReadOrder, SearchOrder, SurveyOrder
from hashmatch.scanning.members import unpacked

NAMED = "kills"
"""What is in the names of files that end their reader."""


class OverFiles(ReadInside):
    """Ends its process over some files."""

    def stream(
        self, payload: object, on_progress: Callable[[float], object], *, safe: bool
    ) -> Iterator[bytes]:
        names: dict[int, str] = {}
        if isinstance(payload, ReadOrder):
            names = {number: step.path for number, step, _ in payload.objects}
        for part in super().stream(payload, on_progress, safe=safe):
            if names and NAMED in names.get(unpacked(part)[0].get("unit", -1), ""):
                os.abort()
            yield part


class OverNames(ReadInside):
    """Ends its process over the folders of a volume."""

    def stream(
        self, payload: object, on_progress: Callable[[float], object], *, safe: bool
    ) -> Iterator[bytes]:
        if isinstance(payload, SurveyOrder) and not payload.by_content and not safe:
            os.abort()
        return super().stream(payload, on_progress, safe=safe)


class OverSystems(ReadInside):
    """Ends its process over file systems, whatever is read of them."""

    def stream(
        self, payload: object, on_progress: Callable[[float], object], *, safe: bool
    ) -> Iterator[bytes]:
        if isinstance(payload, SurveyOrder) and not payload.by_content:
            os.abort()
        return super().stream(payload, on_progress, safe=safe)


class OverSpace(ReadInside):
    """Ends its process over free space."""

    def stream(
        self, payload: object, on_progress: Callable[[float], object], *, safe: bool
    ) -> Iterator[bytes]:
        if isinstance(payload, SearchOrder):
            os.abort()
        return super().stream(payload, on_progress, safe=safe)
