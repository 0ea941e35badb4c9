"""What `hashmatch scan --dry-run` prints: what a scan would read, and what it would not."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from hashmatch.cli.interrupt import interruption
from hashmatch.cli.outcome import end
from hashmatch.cli.output import json_line, line, note, printable, size_in_words
from hashmatch.cli.progress import meter
from hashmatch.errors import Reason
from hashmatch.model.media import FileKind
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from pathlib import Path

    from hashmatch.cli.inside_options import ReadingOptions
    from hashmatch.model import Unreadable
    from hashmatch.scanning.listing.evidence import Listed, ListedVolume
    from hashmatch.sources.base import Source

_NUMBERS: Final = ("begins at", "size", "files", "bytes", "deleted", "bytes", "free")
_TITLES: Final = ("volume", "kind", "status", *_NUMBERS)
_LOCKED: Final = ": decrypt it first, as no keys of volumes are taken"
_NAMED: Final = 3
"""Files of an image that are named one by one."""


def list_only(
    given: "Mapping[str, Any]",
    folders: "Sequence[Path]",
    sources: "Sequence[Source]",
    reading: "ReadingOptions",
) -> None:
    """List what would be read, and exit with the code that a scan would have for what would not.

    Args:
        given: options of the command.
        folders: the evidence, as it was given.
        sources: of the evidence, one of each folder.
        reading: what of the evidence is read, and how.
    """
    listing = DryRun(reading, as_json=given["as_json"])
    how = {name: given[name] for name in ("workers", "unsandboxed")}
    listing.show(folders, sources, **how)
    end(interrupted=listing.is_interrupted, faults=listing.faults, unreadable=listing.is_unread)


class DryRun:
    """Prints files as they are listed, and counts them.

    Attributes:
        is_unread: whether something would not be read.
        is_interrupted: whether the user asked to stop.
    """

    def __init__(self, how: "ReadingOptions", *, as_json: bool) -> None:
        """Nothing is counted yet."""
        self._reading, self._as_json = how, as_json
        self.is_unread = self.is_interrupted = False
        self._files: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._faults: Counter[str] = Counter()

    @property
    def faults(self) -> dict[str, int]:
        """Files that were not listed because of each fault of hashmatch."""
        return dict(self._faults)

    def show(
        self,
        folders: "Sequence[Path]",
        sources: "Sequence[Source]",
        *,
        workers: int | None,
        unsandboxed: bool,
    ) -> None:
        """List what lies in all of these."""
        from hashmatch.scanning.listing.evidence import list_evidence

        with interruption() as asked, meter(0, "files") as shown:
            for folder, source in zip(folders, sources, strict=True):
                listed = list_evidence(
                    source,
                    inside=self._reading.inside,
                    workers=workers,
                    unsandboxed=unsandboxed,
                    stop=asked.is_requested,
                    on_notice=note,
                )
                before = self._files.total()
                for each in listed:
                    self._take(each)
                    shown.update(self._files.total())
                if before == self._files.total() and not asked.is_requested():
                    self.is_unread = True
                    note(f"warning: {folder} holds no file: is the exhibit mounted?")
            self.is_interrupted = asked.is_requested()
        self._end()

    def _take(self, listed: "Listed") -> None:
        file = listed.file
        self.is_unread = self.is_unread or listed.is_unread
        kind = _kind_of(listed)
        self._files[kind] += 1
        self._bytes[kind] += file.found.size
        self._reasons.update({str(each.reason) for each in listed.problems} - {Reason.OPENED})
        faults = (each for each in listed.problems if each.reason is Reason.INTERNAL_ERROR)
        self._faults.update({each.detail for each in faults})
        if file.kind is not FileKind.CONTAINER and not listed.is_unread:
            return
        if self._as_json:
            json_line(_plain(listed))
            return
        for each in _lines(listed):
            line(printable(each))

    def _end(self) -> None:
        total, size = self._files.total(), self._bytes.total()
        if self._as_json:
            kinds = {
                kind: {"files": count, "bytes": self._bytes[kind]}
                for kind, count in sorted(self._files.items())
            }
            counts = {"files": total, "bytes": size, "kinds": kinds}
            reasons = dict(sorted(self._reasons.items()))
            summary = {"record": "summary", "dry_run": True, **counts, "reasons": reasons}
            json_line({**summary, "interrupted": self.is_interrupted})
            return
        line(f"{number_of(total, 'file')}, {size_in_words(size)}")
        for kind, count in sorted(self._files.items(), key=lambda each: (-each[1], each[0])):
            line(f"  {kind}: {count:,}, {size_in_words(self._bytes[kind])}")
        for reason, count in sorted(self._reasons.items()):
            note(f"  {reason}: {number_of(count, 'file')}")


def _kind_of(listed: "Listed") -> str:
    """What a file is counted as."""
    file = listed.file
    if file.is_further:
        return "further file of another one"
    if file.kind is None:
        return "not read"
    return file.format if file.kind is FileKind.CONTAINER else str(file.kind)


def _plain(listed: "Listed") -> dict[str, Any]:
    """A file as a JSON object."""
    file, plan = listed.file, listed.file.plan
    return {
        "record": "file",
        "path": file.found.locator,
        "size": file.found.size,
        "kind": None if file.kind is None else str(file.kind),
        "format": file.format or None,
        "files": list(file.names),
        "members": file.members,
        "bytes": None if file.members is None else file.bytes,
        "locked": file.locked,
        "medium": None if plan is None else plan.size,
        "volumes": [_plain_volume(each) for each in listed.volumes],
        "unread_ranges": 0 if plan is None else len(plan.unread),
        "problems": [{"reason": str(w.reason), "detail": w.detail} for w in listed.problems],
    }


def _plain_volume(volume: "ListedVolume") -> dict[str, Any]:
    counts = volume.counts
    return {
        **volume.facts.to_dict(),
        "files": counts.files,
        "bytes": counts.bytes,
        "deleted": counts.deleted,
        "deleted_bytes": counts.deleted_bytes,
        "free": counts.free,
    }


def _lines(listed: "Listed") -> Iterator[str]:
    """A container, or a file that cannot be read, in some lines."""
    file, plan = listed.file, listed.file.plan
    words = [file.format or "not read"]
    if file.names:
        words += [_named(file.names)]
    elif file.parts > 1:
        words += [f"in {file.parts:,} parts"]
    if file.members is not None:
        words += [number_of(file.members, "member"), size_in_words(file.bytes)]
    if file.locked:
        words += [f"{file.locked:,} encrypted: --passwords names a file of passwords"]
    if plan is not None:
        words += [f"medium of {plan.size:,} bytes"]
        if plan.verdict:
            words += [f"{plan.verdict} (--verify-images compares them)"]
    yield f"{file.found.locator}: {', '.join(words)}"
    if listed.volumes:
        yield from _table([_row(each) for each in listed.volumes])
    told = {each.told for each in listed.volumes}
    yield from (f"  {_words(each)}" for each in listed.problems if each not in told)


def _named(names: "Sequence[str]") -> str:
    count = number_of(len(names), "file")
    if len(names) == 1:
        return count
    shown = ", ".join(names) if len(names) <= _NAMED else f"{names[0]} to {names[-1]}"
    return f"{count} ({shown})"


def _words(why: "Unreadable") -> str:
    return f"{why.reason}: {why.detail}" if why.detail else str(why.reason)


def _row(volume: "ListedVolume") -> tuple[tuple[str, ...], str]:
    """The cells of a volume, and the reason."""
    facts, counts = volume.facts, volume.counts
    name = "!".join(map(str, facts.locator.steps[1:]))
    numbers = (
        *(facts.offset, facts.length, counts.files, counts.bytes),
        *(counts.deleted, counts.deleted_bytes, counts.free),
    )
    cells = (name, facts.kind, str(facts.status), *(f"{each:,}" for each in numbers))
    is_locked = volume.told is not None and volume.told.reason is Reason.ENCRYPTED
    return cells, f"{facts.reason}{_LOCKED}" if is_locked else facts.reason


def _table(rows: "Iterable[tuple[tuple[str, ...], str]]") -> Iterator[str]:
    """Rows below their titles, each with its reason below it."""
    rows = list(rows)
    columns = zip(*(_TITLES, *(cells for cells, _ in rows)), strict=True)
    widths = [max(map(len, column)) for column in columns]
    words = len(_TITLES) - len(_NUMBERS)
    for cells, reason in ((_TITLES, ""), *rows):
        shown = [
            each.ljust(width) if number < words else each.rjust(width)
            for number, (each, width) in enumerate(zip(cells, widths, strict=True))
        ]
        yield f"  {'  '.join(shown)}".rstrip()
        if reason:
            yield f"    {reason}"
