"""Backups of telephones among the files of a file system on a disk image."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO

from hashmatch.model import AllocationState
from hashmatch.model.locator import FileObject
from hashmatch.sources.diskimage.entry import Entry
from hashmatch.sources.inside.backup_places import is_named
from hashmatch.sources.inside.backups import Backups


def named_entries(
    entries: Iterable[Entry],
    open_: Callable[[FileObject], BinaryIO],
    on_step: Callable[[], object],
) -> Iterator[Entry]:
    """The same files; those of backups with what these tell of them.

    Args:
        entries: all files of one file system.
        open_: opens one of them.
        on_step: called now and then.
    """
    found = list(entries)
    # Of several with one path, as of a list that was replaced, one that is not deleted counts.
    lists: dict[str, Entry] = {}
    for each in found:
        path = each.step.path
        if is_named(path) and (path not in lists or each.state is AllocationState.ALLOCATED):
            lists[path] = each
    if not lists:
        yield from found
        return

    def opened(path: str) -> BinaryIO | None:
        entry = lists.get(path)
        return None if entry is None or entry.problem is not None else open_(entry.step)

    def check() -> None:
        on_step()

    backups = Backups(opened, lambda: check)
    for each in found:
        told = backups.tell(each.step.path)
        times = {**each.times, **told.times}
        yield replace(each, times=times, original_name=told.name, remark=told.remark)
