"""What the files of iOS backups were called on the telephone, as a manifest beside them says.

The name on the telephone is a fact about a file, never where it lies: anyone may have written the
manifest. It can speak only of files below its own folder that are called as it calls them.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import BinaryIO, Final, TypeAlias

from hashmatch.containers import ENCRYPTED
from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside import backup_manifest as manifests
from hashmatch.sources.inside.backup_manifest import Listed
from hashmatch.sources.inside.backup_places import MANIFESTS, SETTINGS, folder_of
from hashmatch.sources.inside.base import Budget, Inner, LimitError

BACKUP: Final = "iOS backup"
MISSING: Final = "backup"
"""The word of the steps from a manifest to files that it lists and that are not there."""
OF_FILE: Final = f"a file of an {ENCRYPTED}{BACKUP}"
"""What is said of a file that is encrypted."""
MOST_FILES: Final = 1_000_000
"""Files of which one backup tells the names; in memory they take some 300 MB."""

_MOST_BACKUPS: Final = 4

Open: TypeAlias = Callable[[str], BinaryIO | None]
"""Opens a file below the folder of a backup, seekable; None where there is none."""
Has: TypeAlias = Callable[[str], bool]
"""Whether there is a file below the folder of a backup."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a backup tells of a file of it.

    Attributes:
        name: on the telephone; empty where it is not known.
        times: likewise, by kind.
        remark: what is to be said of the file if nothing is found in it: that it is encrypted, or
            of the manifest that it could not be read.
    """

    name: str = ""
    times: dict[str, str] = field(default_factory=dict)
    remark: Unreadable | None = None


NOTHING: Final = Told()


@dataclass(slots=True)
class Backup:
    """One backup, as far as it tells of its files.

    Attributes:
        encrypted: whether its files are.
        problem: why names are missing.
    """

    encrypted: bool = False
    problem: Unreadable | None = None
    _names: dict[bytes, str] = field(default_factory=dict)

    def add(self, listed: Listed) -> bool:
        """Take in a file; False where there are too many."""
        if len(self._names) >= MOST_FILES:
            detail = f"the names of more than {MOST_FILES:,} files of a backup"
            self.problem = Unreadable(Reason.TOO_MUCH, detail)
            return False
        times = "\0".join(listed.times.get(kind, "") for kind in manifests.TIMES)
        self._names[_key(listed.file)] = f"{times}\0{listed.name}"
        return True

    def tells(self, path: str) -> Told:
        """What is known of a file.

        Args:
            path: below the folder of the backup.
        """
        if path in MANIFESTS:
            if self.encrypted:
                return Told(remark=Unreadable(Reason.ENCRYPTED, ENCRYPTED + BACKUP))
            return Told(remark=self.problem)
        remark = None
        if self.encrypted:
            remark = Unreadable(Reason.ENCRYPTED, OF_FILE)
        found = self._names.get(_key(path))
        if found is None:
            return Told(remark=remark)
        *times, name = found.split("\0", len(manifests.TIMES))
        told = zip(manifests.TIMES, times, strict=True)
        return Told(name, {kind: text for kind, text in told if text}, remark)


def _key(file: str) -> bytes:
    """The identity of a file of a backup, with whether it lies in a folder of two letters."""
    return (b"/" if "/" in file else b"") + bytes.fromhex(file.rpartition("/")[2])


class Reading:
    """Reads all that a backup tells.

    Attributes:
        encrypted: whether its files are; known before the first of them is given.
        problem: why names are missing; known at the end.
    """

    def __init__(self, open_: Open, check: Callable[[], None]) -> None:
        """Read nothing yet.

        Args:
            open_: opens what lies below its folder.
            check: called now and then; raises where it takes too long.
        """
        self._open, self._check = open_, check
        self.encrypted = False
        self.problem: Unreadable | None = None

    def __iter__(self) -> Iterator[Listed]:
        """The files that it lists; what else is wrong with a manifest is told of that itself."""
        with ExitStack() as opened:
            try:
                for manifest in self._manifests(opened):
                    for each in manifests.listed_in(manifest, self._check):
                        if isinstance(each, Listed):
                            yield each
            except LimitError as error:
                self.problem = error.why
            except UnreadableError as error:
                self.problem = Unreadable(error.reason, error.detail)
            except OSError as error:
                self.problem = Unreadable(Reason.IO_ERROR, error.strerror or type(error).__name__)

    def _manifests(self, opened: ExitStack) -> list[BinaryIO]:
        if (settings := self._open(SETTINGS)) is not None:
            self.encrypted = manifests.says_encrypted(opened.enter_context(settings))
        found = []
        for name in MANIFESTS:
            if (manifest := self._open(name)) is not None:
                found.append(opened.enter_context(manifest))
                self.encrypted |= not manifests.is_manifest(manifest)
        return found


def read_backup(open_: Open, check: Callable[[], None]) -> Backup:
    """A backup, as far as it can be read; the arguments are those of `Reading`."""
    backup, reading = Backup(), Reading(open_, check)
    for each in reading:
        if not backup.add(each):
            break
    backup.encrypted = reading.encrypted
    backup.problem = backup.problem or reading.problem
    return backup


class Backups:
    """The backups among the files around an item, each read when one of its files is met."""

    def __init__(self, open_: Open, begin: Callable[[], Callable[[], None]]) -> None:
        """Read nothing yet.

        Args:
            open_: opens a file by its path.
            begin: called before a backup is read; gives what is called now and then, and raises
                where that takes too long.
        """
        self._open, self._begin = open_, begin
        self._known: dict[str, Backup] = {}

    def tell(self, path: str) -> Told:
        """What a backup tells of a file; nothing where it lies in none.

        Args:
            path: of it, with `/` between names.
        """
        folder = folder_of(path)
        if folder is None:
            return NOTHING
        above = f"{folder}/" if folder or path.startswith("/") else ""
        if above not in self._known:
            while len(self._known) >= _MOST_BACKUPS:
                del self._known[next(iter(self._known))]
            self._known[above] = read_backup(lambda name: self._open(above + name), self._begin())
        return self._known[above].tells(path[len(above) :])


class MissingFiles:
    """Gives the files that the manifest of a backup lists and that are not there."""

    kinds: tuple[str, ...] = ("SQLite database", "iOS backup manifest")
    modules: tuple[str, ...] = manifests.MODULES
    extra = ""

    def __init__(self, has: Has = lambda _: True) -> None:
        """Look for nothing yet.

        Args:
            has: whether there is a file below the folder of the manifest; none is missing where
                nobody can say.
        """
        self._has = has

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The files, none of which can be read; and what is wrong with the manifest."""
        del passwords
        for number, each in enumerate(manifests.listed_in(file, budget.check)):
            if isinstance(each, Unreadable):
                yield each
            elif not self._has(each.file):
                budget.member()
                why = Unreadable(Reason.MISSING, f"its backup lists it, and has no {each.file}")
                yield Inner(
                    Member(MISSING, number, each.name),
                    times=each.times,
                    problem=why,
                    original_name=each.name,
                )
