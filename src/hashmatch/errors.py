"""Every exception that hashmatch raises.

    HashmatchError
    ├── UnreadableError (ValueError)          evidence that gives no hash; carries a reason code
    │   ├── UnreadableImageError              a picture that no decoder could read
    │   └── UnreadableVideoError              a video of which no frame could be read
    ├── HashFormatError (ValueError)          text or bytes that are no hash of their algorithm
    ├── AlgorithmMismatchError (TypeError)    two hashes that cannot be compared
    ├── ThresholdError (ValueError)           a threshold or quality that no hash can have
    ├── NothingToMatchError (ValueError)      hash lists of which nothing can match
    ├── ListFormatError (ValueError)          a hash list that cannot be read as one
    ├── IntakeError (ValueError)              a report, return or log that cannot be understood
    ├── DamagedIndexError (ValueError)        a file of an index that is missing or not as written
    ├── IndexVersionError (ValueError)        an index that a newer hashmatch wrote
    ├── KnownChangedError (ValueError)        a pickled index or hash list that is not as it was
    ├── ClosedIndexError (ValueError)         an index that was closed, and is used
    ├── IndexBusyError (OSError)              another process is writing the index
    ├── ExchangeError (OSError)               an exchange that cannot be reached, or refuses
    ├── DatabaseError (OSError)               a database of sightings that cannot be used like this
    │   ├── DatabaseBusyError (TimeoutError)  another process is writing it
    │   ├── DatabaseFullError                 no space to write: nothing of the batch was recorded
    │   ├── ReadOnlyDatabaseError (PermissionError)  one that may not be written here
    │   ├── DatabaseVersionError (ValueError) one that another version of hashmatch wrote
    │   ├── MissingDatabaseError (FileNotFoundError)  there is no such file
    │   ├── DamagedDatabaseError (ValueError) a file that is no database, or no longer a whole one
    │   ├── ErasedError (PermissionError)     a unit that a court ordered off the record
    │   └── ResumeError (ValueError)          a scan that cannot be gone on with, or needs not be
    ├── UnknownNameError (LookupError)        a hasher, source, format or profile nobody registered
    ├── ExtensionError (TypeError)            one of another package that is not what it should be
    ├── MissingExtraError (ImportError)       an extra is needed that is not installed
    ├── SourceError (OSError)                 evidence that cannot be opened at all
    ├── WorkerError (RuntimeError)            worker processes that cannot be started
    │   └── SandboxError                      the system does not let workers lock themselves down
    ├── InternalError (RuntimeError)          a fault of hashmatch, of no file
    ├── HeadLogError (OSError)                heads of the record that cannot be read
    └── OutputError (OSError)                 a file, or standard output, that cannot be written
        └── ReportError                       a report that cannot be written

Exceptions of other libraries never leave the module that calls them. No message holds a full
hash value or anything read from a picture.
"""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum


def there_is(message: str, names: Iterable[str]) -> str:
    """A message about a name that is not there, with those that are, one a line.

    >>> print(there_is("no profile 'lax'", ["strict", "wide"]))
    no profile 'lax'; there is:
      strict
      wide
    """
    lines = [f"  {name}" for name in names]
    return "\n".join([f"{message}; there is:", *lines]) if lines else f"{message}; there is none"


def check_type(value: object, kinds: type | tuple[type, ...], what: str) -> None:
    """Refuse an argument of another type than those it may have.

    Args:
        value: what was given; True and False are no numbers.
        kinds: the types.
        what: the sentence that says what it is, as "a profile is a Profile or its name".

    Raises:
        TypeError: it is of none of them.
    """
    if type(value) is kinds:
        return  # as nearly always: values are made millions of times
    allowed = kinds if isinstance(kinds, tuple) else (kinds,)
    if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
        msg = f"{what}, not {type(value).__name__}"
        raise TypeError(msg)


class Choice(StrEnum):
    """One of a closed set of words, as text too: it equals its word, and JSON holds the word.

    `Mode("quick")` of another word is a `ValueError` that names those that there are.
    """

    @classmethod
    def _missing_(cls, value: object) -> None:
        noun = re.sub(r"(?<!^)(?=[A-Z])", " ", cls.__name__).lower()
        *others, last = [each.value for each in cls]
        msg = f"{noun} is {', '.join(others)} or {last}, not {str(value)[:40]!r}"
        raise ValueError(msg)


class Reason(Choice):
    """Why something is unreadable, or less than whole.

    The first group says why there is no hash, the second why a hash covers less than the whole
    picture. Values are stable: reports and databases store them.
    """

    EMPTY = "empty"
    NOT_A_PICTURE = "not-a-picture"
    TOO_MANY_PIXELS = "too-many-pixels"
    TOO_MANY_BYTES = "too-many-bytes"
    DAMAGED = "damaged"
    UNSUPPORTED = "unsupported"
    OUT_OF_MEMORY = "out-of-memory"
    IO_ERROR = "io-error"
    CHANGED = "changed-while-read"
    """Written to, or replaced, between its digests and its hashes: they would be of other bytes."""
    SPECIAL_FILE = "special-file"
    SYMBOLIC_LINK = "symbolic-link"
    EXCLUDED = "excluded"
    """Left out because the operator said so."""
    WORKER_DIED = "worker-died"
    TIMED_OUT = "timed-out"
    ENCRYPTED = "encrypted"
    CONTAINER = "container"
    """An archive, a document, a disk image: a file that holds files, which are not read."""
    OPENED = "opened-container"
    """A container of which everything was read: what lies in it are items of their own."""
    MISSING = "missing"
    """A backup lists it, and it is not there."""
    TOO_DEEP = "too-deep"
    """It lies deeper in nested containers than is read."""
    TOO_MUCH = "too-much"
    """The container that it lies in has more members or bytes, or takes longer, than is read."""
    INTERNAL_ERROR = "internal-error"
    """A fault of hashmatch, never of the file."""

    TRUNCATED = "truncated"
    CORRUPT_DATA = "corrupt-data"
    TOO_LONG = "too-long"

    @property
    def skipped(self) -> bool:
        """Whether such an item is no picture at all, rather than one that could not be read."""
        return self in _SKIPPED


_SKIPPED = frozenset(
    {
        Reason.EMPTY,
        Reason.NOT_A_PICTURE,
        Reason.SYMBOLIC_LINK,
        Reason.SPECIAL_FILE,
        Reason.EXCLUDED,
        Reason.OPENED,
    }
)


class HashmatchError(Exception):
    """The root of every error of this library."""


class UnreadableError(HashmatchError, ValueError):
    """Evidence that gives no hash.

    Attributes:
        reason: why, as a stable code.
        detail: one sentence for a person; empty where the code says it all.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type, tuple[Reason, str]]:
        return type(self), (self.reason, self.detail)


class UnreadableImageError(UnreadableError):
    """A picture that no decoder could read, or that the limits forbid to read."""


class UnreadableVideoError(UnreadableError):
    """A video of which no frame could be read, or that the limits forbid to read."""


class HashFormatError(HashmatchError, ValueError):
    """Text or bytes that are no hash of the algorithm they claim."""


class AlgorithmMismatchError(HashmatchError, TypeError):
    """Two hashes whose bits mean different things, or have no Hamming distance at all."""


class ThresholdError(HashmatchError, ValueError):
    """A threshold or minimum quality that no hash of its algorithm can have."""


class NothingToMatchError(HashmatchError, ValueError):
    """Hash lists of which nothing can match: a scan against them would find nothing, ever."""


class ListFormatError(HashmatchError, ValueError):
    """A hash list that cannot be read as one."""


class IntakeError(HashmatchError, ValueError):
    """A report, return or log of which nothing was imported: it cannot be understood as a whole."""


class DamagedIndexError(HashmatchError, ValueError):
    """A file of an index that is missing, or not as it was written."""


class IndexVersionError(HashmatchError, ValueError):
    """An index that a newer version of hashmatch wrote."""


class KnownChangedError(HashmatchError, ValueError):
    """An index or hash list was pickled by its path, and is another one when it is opened again."""


class ClosedIndexError(HashmatchError, ValueError):
    """An index was closed, and is used."""


class IndexBusyError(HashmatchError, OSError):
    """An index that another process is writing."""


class ExchangeError(HashmatchError, OSError):
    """An exchange that cannot be reached, refuses, or answers what nobody can understand.

    No message holds a credential, or an address with anything after its path.

    Attributes:
        status: what the server answered, as HTTP numbers it; None where it did not answer.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class DatabaseError(HashmatchError, OSError):
    """A database of sightings that cannot be opened, read or written like this."""


class ContradictionError(DatabaseError):
    """An item has the SHA-256 of another content of its case, and not its size or other digests."""


class DatabaseBusyError(DatabaseError, TimeoutError):
    """A database, or one scan in it, that another process is writing."""


class DatabaseFullError(DatabaseError):
    """No space, or a disk that fails: nothing of the transaction was recorded."""


class DatabaseVersionError(DatabaseError, ValueError):
    """A database that another version of hashmatch wrote."""


class ReadOnlyDatabaseError(DatabaseError, PermissionError):
    """A database that may not be written, or not in its folder: nothing was recorded."""


class MissingDatabaseError(DatabaseError, FileNotFoundError):
    """There is no database at this path, and none is to be made."""


class DamagedDatabaseError(DatabaseError, ValueError):
    """A file that is no database of sightings, or is no longer as it was written."""


class ErasedError(DatabaseError, PermissionError):
    """A unit that was on record and was erased by order of a court: nothing of it was recorded."""


class SigningError(HashmatchError, ValueError):
    """A key cannot be used to sign the record, or to check its signatures."""


class ScanState(Choice):
    """The state of the scan on record that is the reason why another cannot resume it."""

    DONE = "done"
    """It came to its end already."""
    NOT_BEGUN = "not-begun"
    """There is none on record."""


class ResumeError(DatabaseError, ValueError):
    """A scan that cannot be gone on with, or needs not be.

    Attributes:
        differences: what is not as it was: name of the field, what it was, what it is; empty
            where nothing differs.
        state: of the scan on record, where that is the reason; None otherwise.
    """

    def __init__(
        self,
        message: str,
        differences: "tuple[tuple[str, str, str], ...]" = (),
        *,
        state: ScanState | None = None,
        in_words: Callable[[str], str] = str,
    ) -> None:
        lines = [f"  {in_words(field)}: {was} → {now}" for field, was, now in differences]
        lines = [line.replace("\n", "\\n") for line in lines]
        super().__init__("\n".join([message, *lines]))
        self.differences = differences
        self.state = state


class UnknownNameError(HashmatchError, LookupError):
    """A name that nobody registered."""


class ExtensionError(HashmatchError, TypeError):
    """A hasher, source, format or exchange of another package that is not what it should be."""


class MissingExtraError(HashmatchError, ImportError):
    """What was asked for takes packages that are not installed; the message names the extra."""


class SourceError(HashmatchError, OSError):
    """Evidence that cannot be opened at all."""


class WorkerError(HashmatchError, RuntimeError):
    """Worker processes that cannot be started here: nothing was read by them."""


class SandboxError(WorkerError):
    """Workers that this system does not let lock themselves down: nothing was read by them."""


class OutputError(HashmatchError, OSError):
    """A file, or standard output, that cannot be written: which, why, and what to do."""


class HeadLogError(HashmatchError, OSError):
    """Heads of the audit chain cannot be read from their file."""


class ReportError(OutputError):
    """A report that cannot be written."""


class InternalError(HashmatchError, RuntimeError):
    """A fault of hashmatch, of no file; raised from the exception that shows it.

    Attributes:
        fault: type and place of that exception, without its message, which may quote evidence:
            `TypeError in decoding/video.py:123 (_opened)`.
    """

    def __init__(self, fault: str) -> None:
        super().__init__(
            f"a fault in hashmatch, not in the file: {fault}; please report it with the output of "
            "`hashmatch doctor`"
        )
        self.fault = fault

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return type(self), (self.fault,)
