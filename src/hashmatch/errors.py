"""Every exception that hashmatch raises.

    HashmatchError
    ├── UnreadableError (ValueError)          evidence that gives no hash; carries a reason code
    │   └── UnreadableImageError              a picture that no decoder could read
    ├── HashFormatError (ValueError)          text or bytes that are no hash of their algorithm
    ├── AlgorithmMismatchError (TypeError)    two hashes that cannot be compared
    ├── ListFormatError (ValueError)          a hash list that cannot be read as one
    ├── DamagedIndexError (ValueError)        a file of an index that is missing or not as written
    ├── IndexVersionError (ValueError)        an index that a newer hashmatch wrote
    ├── IndexBusyError (OSError)              another process is writing the index
    ├── UnknownNameError (LookupError)        a hasher, source, format or profile nobody registered
    ├── SourceError (OSError)                 evidence that cannot be opened at all
    └── ReportError (OSError)                 a report that cannot be written

Exceptions of other libraries never leave the module that calls them. No message holds a full
hash value or anything read from a picture.
"""

from enum import StrEnum


class Reason(StrEnum):
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
    SPECIAL_FILE = "special-file"
    SYMBOLIC_LINK = "symbolic-link"

    TRUNCATED = "truncated"
    CORRUPT_DATA = "corrupt-data"


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


class HashFormatError(HashmatchError, ValueError):
    """Text or bytes that are no hash of the algorithm they claim."""


class AlgorithmMismatchError(HashmatchError, TypeError):
    """Two hashes whose bits mean different things, or have no Hamming distance at all."""


class ListFormatError(HashmatchError, ValueError):
    """A hash list that cannot be read as one."""


class DamagedIndexError(HashmatchError, ValueError):
    """A file of an index that is missing, or not as it was written."""


class IndexVersionError(HashmatchError, ValueError):
    """An index that a newer version of hashmatch wrote."""


class IndexBusyError(HashmatchError, OSError):
    """An index that another process is writing."""


class UnknownNameError(HashmatchError, LookupError):
    """A name that nobody registered."""


class SourceError(HashmatchError, OSError):
    """Evidence that cannot be opened at all."""


class ReportError(HashmatchError, OSError):
    """A report that cannot be written."""
