"""The job of workers that read containers: files of the evidence, and parts of disk images."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from hashmatch.model import Unreadable
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.expanding import ExpandFiles
from hashmatch.scanning.image_plan import Plan, plan_in
from hashmatch.scanning.images.tasks import Answer, End, ImageTask
from hashmatch.scanning.images.working import OpenImage, Order, stream
from hashmatch.scanning.job import StreamingJob
from hashmatch.scanning.messages import ProtocolError

InsideTask: TypeAlias = Digested | ImageTask
InsideAnswer: TypeAlias = Digested | Plan | Answer


@dataclass(frozen=True, slots=True)
class ReadInside(StreamingJob):
    """The job of `ExpandFiles`, and what is to be done with disk images that it opened.

    Attributes:
        files: reads files.
        image: that a worker read last.
    """

    files: ExpandFiles = field(default_factory=ExpandFiles)
    image: OpenImage = field(default_factory=OpenImage)

    def local(self, task: InsideTask) -> InsideAnswer | None:
        """What holds nothing stays what it is."""
        return None if isinstance(task, ImageTask) else self.files.local(task)

    def name(self, task: InsideTask) -> str:
        """What a person calls it."""
        return task.name if isinstance(task, ImageTask) else self.files.name(task)

    def payload(self, task: InsideTask) -> object:
        """What a worker is told."""
        if isinstance(task, ImageTask):
            return task.order(self.files.opener)
        return self.files.payload(task)

    def size(self, task: InsideTask) -> int:
        """Bytes that are read, about."""
        return task.size if isinstance(task, ImageTask) else self.files.size(task)

    def part(self, task: InsideTask, content: bytes) -> tuple[str, InsideAnswer]:
        """A part of an answer.

        Raises:
            ProtocolError: it is none.
        """
        if isinstance(task, ImageTask):
            return task.answered(content)
        return self.files.part(task, content)

    def result(self, task: InsideTask, answer: bytes) -> InsideAnswer:
        """What is said behind all parts.

        Raises:
            ProtocolError: it is nothing that `stream` gives.
        """
        if isinstance(task, ImageTask):
            return task.ended(answer)
        read = self.files.result(task, answer)
        try:
            plan = json.loads(answer)["plan"]
            return read if plan is None else plan_in(read, plan)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ProtocolError from None

    def failed(self, task: InsideTask, why: Unreadable, salvaged: bytes | None) -> InsideAnswer:
        """A file with the reason; of an image what is left to be done says who is told."""
        if not isinstance(task, ImageTask):
            return self.files.failed(task, why, salvaged)
        end = End() if salvaged is None else task.ended(salvaged)
        return End(why, has_failed=True, said=end.said)

    def warm_up(self) -> None:
        """Load every parser, and what digests are computed with."""
        from hashmatch.sources.inside import disk_image, free_space

        self.files.warm_up()
        del disk_image, free_space

    def stream(
        self, payload: object, on_progress: Callable[[float], object], *, safe: bool
    ) -> Iterator[bytes]:
        """The parts of an answer, and last the answer."""
        if isinstance(payload, tuple):
            return self.files.stream(payload, on_progress, safe=safe)
        order = cast("Order", payload)
        return stream(order, self.files.opener, self.image, on_progress, safe=safe)
