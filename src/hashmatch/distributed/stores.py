"""Files wherever they lie, through fsspec: local folders, object stores, servers."""

import errno
import random
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any, BinaryIO, Final, TypeVar

from hashmatch.distributed.uris import without_addresses
from hashmatch.errors import MissingExtraError, SourceError
from hashmatch.wording import to_install

T = TypeVar("T")

_ATTEMPTS: Final = 7
_FIRST: Final = 0.2
_LONGEST: Final = 20.0
"""Seconds between two attempts: the first, and the longest."""

_DENIED: Final = frozenset(
    {
        *("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"),
        *("TokenRetrievalError", "UnauthorizedSSOTokenError", "ProfileNotFound"),
        *("DefaultCredentialsError", "RefreshError", "ClientAuthenticationError"),
    }
)
"""Names of exceptions of libraries of stores that say that there are no credentials."""
_DENIED_NUMBERS: Final = frozenset({errno.EACCES, errno.EPERM})
_GONE: Final = frozenset({404, 410})
"""Answers of servers that have no such file."""
_PACKAGES: Final = {
    **dict.fromkeys(("s3", "s3a"), "s3fs"),
    **dict.fromkeys(("gs", "gcs"), "gcsfs"),
    **dict.fromkeys(("abfs", "abfss", "az", "adl"), "adlfs"),
    **dict.fromkeys(("http", "https"), "aiohttp"),
    "hdfs": "pyarrow",
}
"""What reads each kind of store."""
_NO_STORES: Final = frozenset(
    {
        *("local", "asynclocal", "dir", "generic", "reference", "async_wrapper", "asyncwrapper"),
        *("cached", "blockcache", "filecache", "simplecache", "zip", "tar", "libarchive"),
    }
)
"""What fsspec has around other stores: it copies files to disks, or opens pipes and devices."""
_WHOLE_UPLOADS: Final = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "memory"})
"""Stores in which an object is there as a whole or not at all: nothing needs to be renamed."""


class DeniedError(SourceError):
    """Credentials are missing, or do not allow it."""


class MissingError(SourceError):
    """There is no such file."""


def needed() -> Any:  # noqa: ANN401 (a module)
    """The package fsspec.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import fsspec
    except ImportError:
        msg = f"files in stores are read by fsspec, which is not installed: {to_install('batch')}"
        raise MissingExtraError(msg) from None
    return fsspec


@cache
def _system(protocol: str) -> Any:  # noqa: ANN401 (a file system of fsspec)
    fsspec = needed()
    if protocol in _NO_STORES:
        msg = f"{protocol}:// names no store: give the address of the file itself"
        raise SourceError(msg)
    try:
        return fsspec.filesystem(protocol)
    except ImportError as error:
        package = _PACKAGES.get(protocol)
        how = f": pip install {package}" if package else f" ({without_addresses(str(error))})"
        msg = f"{protocol}:// is read by {package or 'a package'}, which is not installed{how}"
        raise MissingExtraError(msg) from None
    except ValueError:
        known = ", ".join(f"{each}://" for each in ("file", *_PACKAGES))
        msg = f"nothing is known that reads {protocol}://; fsspec reads {known} and others"
        raise SourceError(msg) from None
    except Exception as error:  # noqa: BLE001 (any library of stores)
        raise _told(error, f"{protocol}://") from None


def system_of(uri: str) -> tuple[Any, str]:
    """The file system that a URI names, and the path in it.

    Raises:
        MissingExtraError: what reads it is not installed.
        SourceError: nothing reads it.
    """
    needed()
    protocol, _, rest = uri.partition("://")
    if not rest and "://" not in uri:
        return _system("file"), uri
    found = _system(protocol)
    try:
        return found, found._strip_protocol(uri)  # noqa: SLF001 (fsspec has no other way)
    except Exception as error:  # noqa: BLE001 (any library of stores)
        raise _told(error, uri) from None


def attempted(what: str, act: Callable[[], T]) -> T:
    """What `act` gives; tried again, later and later, while a store is slow or cannot be reached.

    Args:
        what: what it is about, for messages.
        act: called until it succeeds, seven times at most, within about a minute.

    Raises:
        DeniedError: credentials are missing or not enough.
        MissingError: there is no such file.
        SourceError: it cannot be had.
    """
    for attempt in range(_ATTEMPTS):
        try:
            return act()
        except (MissingExtraError, SourceError):
            raise
        except Exception as error:  # noqa: BLE001 (any library of stores)
            told = _told(error, what)
            if attempt == _ATTEMPTS - 1 or isinstance(told, DeniedError | MissingError):
                raise told from None
        # By chance, so that those who were refused together do not come back together.
        wait = min(_LONGEST, _FIRST * 2**attempt)
        time.sleep(random.uniform(wait / 2, wait))  # noqa: S311 (no secret)
    raise AssertionError


def _told(error: Exception, what: str) -> SourceError:
    """An error of a library of stores as one of ours, without addresses."""
    why = error.__cause__
    if (
        isinstance(error, FileNotFoundError)
        and isinstance(why, Exception)
        and type(why).__module__.partition(".")[0] == "aiohttp"
        and getattr(why, "status", None) not in _GONE
    ):
        # Over http every failure, of the network too, is told as a file that is not there.
        return _told(why, what)
    name = type(error).__name__
    if (
        getattr(error, "status", None) in _GONE
        or isinstance(error, FileNotFoundError)
        or name == "NoSuchBucket"
    ):
        return MissingError(f"{what}: there is no such file, folder or bucket")
    number = error.errno if isinstance(error, OSError) else None
    if name in _DENIED or isinstance(error, PermissionError) or number in _DENIED_NUMBERS:
        return DeniedError(
            f"{what}: access is denied ({name}). Credentials are missing, have expired or do not "
            "allow it: set those of the store, as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or "
            "AWS_PROFILE for s3://, GOOGLE_APPLICATION_CREDENTIALS for gs://"
        )
    if isinstance(error, OSError) and error.strerror:
        return SourceError(f"{what}: {without_addresses(error.strerror)}")
    return SourceError(f"{what}: {name}: {without_addresses(str(error))}")


def read(uri: str, size: int | None, most: int) -> bytes | None:
    """The bytes of a file; None where there are more than so many.

    Args:
        uri: of the file.
        size: as it was listed, which spares a request; None where it is not known.
        most: bytes that are taken.

    Raises:
        SourceError: it cannot be read; `DeniedError` or `MissingError` where that is why.
    """
    system, path = system_of(uri)

    def act() -> bytes | None:
        if size is not None and size <= most:
            whole: bytes = system.cat_file(path)
            return whole if len(whole) <= most else None
        with system.open(path, "rb") as file:
            if (file.size or 0) > most:
                return None
            data: bytes = file.read(most + 1)
        return data if len(data) <= most else None

    if size is not None and size > most:
        return None
    return attempted(uri, act)


def blocks(uri: str, size: int) -> Iterator[bytes]:
    """The bytes of a large file, block by block, each requested anew where a connection breaks.

    Raises:
        SourceError: it cannot be read.
    """
    system, path = system_of(uri)
    file = attempted(uri, lambda: system.open(path, "rb", cache_type="none"))
    at = 0
    try:
        while True:

            def act(start: int = at) -> bytes:
                file.seek(start)
                data: bytes = file.read(size)
                return data

            block = attempted(uri, act)
            if not block:
                return
            at += len(block)
            yield block
    finally:
        file.close()


def opened(uri: str) -> BinaryIO:
    """A file, to be read at any place.

    Raises:
        SourceError: it cannot be opened.
    """
    system, path = system_of(uri)
    file: BinaryIO = attempted(uri, lambda: system.open(path, "rb"))
    return file


def info(uri: str) -> dict[str, Any] | None:
    """What a store says of a file or folder; None where there is none.

    Raises:
        SourceError: it cannot be asked.
    """
    system, path = system_of(uri)
    try:
        found: dict[str, Any] = attempted(uri, lambda: system.info(path, refresh=True))
    except MissingError:
        return None
    return found


def listed(uri: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every file below a URI with what the store says of it, folder by folder, in order.

    Raises:
        SourceError: it cannot be listed.
    """
    system, path = system_of(uri)
    folders = [path]
    while folders:
        folder = folders.pop()
        found = attempted(
            system.unstrip_protocol(folder), partial(system.ls, folder, detail=True, refresh=True)
        )
        # A store may keep an empty object as the mark of a folder.
        inside = [each for each in found if each["name"].rstrip("/") != folder.rstrip("/")]
        inside.sort(key=lambda each: str(each["name"]))
        for each in inside:
            if each["type"] != "directory":
                yield system.unstrip_protocol(each["name"]), each
        folders += [each["name"] for each in reversed(inside) if each["type"] == "directory"]


def matching(pattern: str) -> list[str]:
    """The files that a pattern with `*` names, in order.

    Raises:
        SourceError: they cannot be listed.
    """
    system, path = system_of(pattern)
    is_local = system.protocol == "file" or "file" in system.protocol
    found = attempted(pattern, lambda: sorted(system.glob(path)))
    return [each if is_local else system.unstrip_protocol(each) for each in found]


def write_whole(uri: str, data: bytes) -> None:
    """Write a file in a store: it is there as a whole or not at all.

    Raises:
        SourceError: it cannot be written.
    """
    system, path = system_of(uri)
    names = (system.protocol,) if isinstance(system.protocol, str) else system.protocol
    if _WHOLE_UPLOADS & set(names):
        attempted(uri, lambda: system.pipe_file(path, data))
        return
    folder, _, name = path.rpartition("/")
    beside = f"{folder}/.{name}.part"
    attempted(uri, lambda: system.makedirs(folder, exist_ok=True))
    attempted(uri, lambda: system.pipe_file(beside, data))
    attempted(uri, lambda: system.mv(beside, path))


def names_in(uri: str) -> dict[str, int]:
    """The names of files in a folder of a store, and their sizes; none where there is no folder.

    Raises:
        SourceError: it cannot be listed.
    """
    system, path = system_of(uri)
    try:
        found = attempted(uri, lambda: system.ls(path, detail=True, refresh=True))
    except MissingError:
        return {}
    return {
        each["name"].rpartition("/")[2]: int(each.get("size") or 0)
        for each in found
        if each["type"] == "file"
    }
