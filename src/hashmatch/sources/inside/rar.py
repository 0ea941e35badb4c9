"""Members of RAR archives, by rars: the archive, and what it is asked for, are held in memory."""

import io
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from typing import Any, BinaryIO, ClassVar, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.kinds.sniffing import archive_behind
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import Budget, Inner, LimitError
from hashmatch.sources.inside.rar_asides import asides
from hashmatch.sources.inside.rar_blocks import end_of_whole_blocks
from hashmatch.sources.inside.rar_volumes import is_locked, joined
from hashmatch.sources.inside.streams import rest

_MAGIC: Final = b"Rar!"
_SPLIT: Final = (
    "it goes on in another part of the archive, which is not read with this one: put all parts in "
    "one folder; if that does not help, as where names are encrypted, extract it with another "
    "program, and scan what that gives"
)
_MOST_ARCHIVE: Final = 1 << 31
_MOST_HELD: Final = 512 << 20
"""Bytes of members that are expanded together, where they are compressed as one."""
_MOST_DICTIONARY: Final = 1 << 30


class Rar:
    """Reads RAR archives of all versions."""

    kinds: ClassVar[tuple[str, ...]] = ("RAR archive",)
    modules: ClassVar[tuple[str, ...]] = ("rars",)
    extra: ClassVar[str] = "archives"

    def __init__(self, starts: tuple[int, ...] = ()) -> None:
        """Read nothing yet.

        Args:
            starts: of an archive of several volumes that lie one behind the other, where each of
                them begins.
        """
        self._starts = starts

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The members; folders are left out.

        Raises:
            LimitError: of the budget.
            OSError: the file cannot be read.
        """
        size = file.seek(0, os.SEEK_END)
        if size > _MOST_ARCHIVE:
            detail = f"a RAR archive of more than {_MOST_ARCHIVE:,} bytes"
            yield Unreadable(Reason.TOO_MANY_BYTES, detail)
            return
        file.seek(0)
        data = file.read()
        begin, starts = 0, self._starts or (0,)
        volumes = [data[start:end] for start, end in pairwise((*starts, size))]
        if self._starts:
            data = joined(volumes)
        if not data.startswith(_MAGIC) and (behind := archive_behind(file)) is not None:
            starts = (begin := behind[1],)
            data = data[begin:]
            volumes = [data]
        if begin:
            # The program that unpacks it.
            yield from rest(file, 0, begin)
        archive = yield from _read(data, passwords, budget)
        count = 0 if archive is None else archive.count
        for start, end, volume in zip(starts, (*starts[1:], size), volumes, strict=True):
            for inner in _asides(file, start, volume, budget, passwords):
                step = inner.step
                if isinstance(step, Member):
                    step, count = replace(step, number=count), count + 1
                yield replace(inner, step=step)
            cut, _ = (0, True) if is_locked(volume) else end_of_whole_blocks(volume)
            if cut:
                yield from rest(file, start + cut, end)


def _read(
    data: bytes, passwords: tuple[str, ...], budget: Budget
) -> Generator[Inner | Unreadable, None, "_Archive | None"]:
    """The members of an archive; returns the archive, if it can be opened."""
    archive = _opened(data, passwords, budget)
    cut, has_end = (0, True) if is_locked(data) else end_of_whole_blocks(data)
    if cut and isinstance(archive, Unreadable) and archive.reason is not Reason.ENCRYPTED:
        # What lies before the damage is an archive, too; the reader of older ones takes what lies
        # behind them for damage.
        whole = _opened(data[:cut], passwords, budget)
        if not isinstance(whole, Unreadable):
            if not has_end:
                yield Unreadable(Reason.CORRUPT_DATA, "it is cut, or a header in it is damaged")
            archive = whole
    if isinstance(archive, Unreadable):
        yield archive
        return None
    yield from archive.members()
    return archive


def _asides(
    file: BinaryIO, start: int, volume: bytes, budget: Budget, passwords: tuple[str, ...]
) -> Iterator[Inner]:
    """What is no member in a volume that begins at a place of the file."""
    for each in asides(volume):
        if not each.alone:
            budget.member()
            yield from rest(file, start + each.place, start + each.place + each.size)
            continue
        archive, step = _opened(each.alone, passwords, budget), Member("rar", 0, each.name)
        inner = archive if isinstance(archive, Unreadable) else next(archive.members(), None)
        if isinstance(inner, Inner):
            yield replace(inner, step=step, times={})
        else:
            yield Inner(step, problem=inner or Unreadable(Reason.CORRUPT_DATA, "it is damaged"))


def _opened(data: bytes, passwords: tuple[str, ...], budget: Budget) -> "_Archive | Unreadable":
    """The archive, opened with the first password that fits; or why it cannot be opened."""
    problem = Unreadable(Reason.ENCRYPTED)
    for password in (None, *passwords):
        budget.check()
        try:
            return _Archive(data, password, passwords, budget)
        except UnreadableError as error:
            problem = Unreadable(error.reason, error.detail)
            if error.reason is not Reason.ENCRYPTED:
                break
    return problem


class _Archive:
    def __init__(
        self, data: bytes, password: str | None, passwords: tuple[str, ...], budget: Budget
    ) -> None:
        import rars

        self._budget, self._passwords = budget, [*passwords]
        self._password = password
        options = rars.ReadOptions(
            max_member_output_bytes=_MOST_HELD,
            max_total_output_bytes=2 * _MOST_HELD,
            rar50_dictionary_size_limit=_MOST_DICTIONARY,
        )
        self._options = options
        self._archive: Any = _translated(
            lambda: rars.RarFile.from_bytes(data, password, options=options)
        )
        self._infos: list[Any] = list(_translated(self._archive.infolist))
        self._held: dict[int, bytes] = {}

    @property
    def count(self) -> int:
        """How many members there are, folders included."""
        return len(self._infos)

    def members(self) -> Iterator[Inner | Unreadable]:
        for number, info in enumerate(self._infos):
            self._budget.member()
            if info.is_dir() and not info.file_size:
                continue
            step = Member("rar", number, str(info.filename))
            size, times = int(info.file_size), self._times(info)
            problem = self._problem(info)
            if problem is not None:
                yield Inner(step, size, times, problem)
                continue
            yield Inner(step, size, times, open=lambda at=number: io.BytesIO(self._bytes(at)))  # type: ignore[misc]

    def _problem(self, info: Any) -> Unreadable | None:  # noqa: ANN401
        if info.is_split_before or info.is_split_after:
            return Unreadable(Reason.UNSUPPORTED, _SPLIT)
        if info.is_encrypted and self._password is None and not self._unlocked(info):
            detail = "no given password opens it" if self._passwords else ""
            return Unreadable(Reason.ENCRYPTED, detail)
        return None

    def _unlocked(self, info: Any) -> bool:  # noqa: ANN401
        """Whether one of the passwords opens a member; it is used from now on."""
        for password in self._passwords:
            self._budget.check()
            with suppress(UnreadableError):
                made = _translated(
                    partial(self._archive.read, info, password, options=self._options)
                )
                self._budget.bytes(len(made))
                self._password = password
                return True
        return False

    def _bytes(self, number: int) -> bytes:
        """The bytes of a member, with those that are compressed together with it."""
        if number in self._held:
            return self._held.pop(number)
        self._held = {}
        group = self._group(number)
        made: list[bytes] = []
        if len(group) > 1:
            with suppress(UnreadableError):
                infos = [self._infos[each] for each in group]
                made = _translated(
                    lambda: self._archive.read_many(infos, self._password, options=self._options)
                )
        if not made:
            info = self._infos[number]
            group = [number]
            made = [
                _translated(lambda: self._archive.read(info, self._password, options=self._options))
            ]
        self._budget.bytes(sum(map(len, made)))
        self._held = dict(zip(group, made, strict=True))
        return self._held.pop(number)

    def _group(self, number: int) -> list[int]:
        """The members from this one on that are compressed as one with it."""
        group, total = [number], int(self._infos[number].file_size)
        for each in range(number + 1, len(self._infos)):
            info = self._infos[each]
            total += int(info.file_size)
            is_split = info.is_split_before or info.is_split_after
            if not info.is_solid or is_split or total > _MOST_HELD:
                break
            if not info.is_dir():
                group.append(each)
        return group

    def _times(self, info: Any) -> dict[str, str]:  # noqa: ANN401
        with suppress(ValueError, TypeError):
            year, month, day, hour, minute, second = info.date_time
            moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
            is_utc = str(self._archive.family) == "rar50_plus"
            return {"modified": f"{moment:%Y-%m-%dT%H:%M:%S}{'Z' if is_utc else ''}"}
        return {}


def _translated(call: Callable[[], Any]) -> Any:  # noqa: ANN401
    """What the library gives; whatever it raises of a damaged archive as an error of ours.

    Raises:
        UnreadableError: the archive is damaged, encrypted, or of a kind that the library has not.
    """
    import rars

    try:
        return call()
    except (LimitError, UnreadableError):
        raise
    except (rars.PasswordRequired, rars.BadPassword):
        raise UnreadableError(Reason.ENCRYPTED) from None
    except rars.UnsupportedRarFeature:
        raise UnreadableError(Reason.UNSUPPORTED, "written in a way that is not read") from None
    except Exception as error:  # noqa: BLE001 (it has no list of what it raises)
        detail = f"it is damaged ({type(error).__name__})"
        raise UnreadableError(Reason.CORRUPT_DATA, detail) from None
    except BaseException as error:
        # What ends a program in its language arrives as this, which is no exception.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableError(Reason.CORRUPT_DATA, "it is damaged (its reader failed)") from None
