"""Records of every exchange, made up, and what of them is in force in an index."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hashmatch.exchanges.fetching import Fetched, fetch_into, open_exchange
from hashmatch.index.index import Index
from hashmatch.model import Entry
from tests.support.exchange_server import Server, date

LONG_AGO = int(time.time()) - 30 * 24 * 3600


def md5(seed: object) -> str:
    return hashlib.md5(str(seed).encode(), usedforsecurity=False).hexdigest()


def pdq(seed: object) -> str:
    return hashlib.sha256(str(seed).encode()).hexdigest()


def ncmec(number: int, *, at: int | None = None, **changes: Any) -> dict[str, Any]:
    """An image of member 42; its time goes down as its number goes up."""
    at = LONG_AGO - 60 * number if at is None else at
    prints = {"md5": md5(number), "pdq": pdq(number)}
    record = {"tag": "image", "member": "42", "id": f"e{number}", "prints": prints}
    return {**record, "timestamp": date(at), **changes}


def stopncii(number: int, *, at: int | None = None, **changes: Any) -> dict[str, Any]:
    record = {"signalType": "ImagePDQ", "hashValue": pdq(number), "hashStatus": "Active"}
    at = LONG_AGO - 60 * number if at is None else at
    return {**record, "lastModtimestamp": at, "caseNumbers": {f"c{number}": "Active"}, **changes}


def tat(number: int, *, at: float | None = None, **changes: Any) -> dict[str, Any]:
    at = LONG_AGO + 60.5 * number if at is None else at
    record = {"id": number, "hash_digest": md5(number), "algorithm": "MD5", "file_type": "mp4"}
    dates = {"updated_on": at, "created_on": "2025-03-03 23:05:22,587"}
    return {**record, **dates, "ideology": "far-right", "deleted": False, **changes}


def threatexchange(number: int, *, at: int | None = None, **changes: Any) -> dict[str, Any]:
    descriptor = {"id": f"9{number}", "status": "MALICIOUS", "owner": {"id": "77"}}
    tags = {"data": [{"id": "5", "text": "media_type_photo"}]}
    record = {"id": str(3058061737574000 + number), "type": "HASH_PDQ", "indicator": pdq(number)}
    at = LONG_AGO + 60 * number if at is None else at
    rest = {"last_updated": at, "should_delete": False}
    return {**record, **rest, "descriptors": {"data": [{**descriptor, "tags": tags}]}, **changes}


MAKE: dict[str, Callable[..., dict[str, Any]]] = {
    "ncmec": ncmec,
    "stopncii": stopncii,
    "tat": tat,
    "threatexchange": threatexchange,
}
GONE: dict[str, dict[str, Any]] = {
    "ncmec": {"tag": "deletedImage", "prints": {}},
    "stopncii": {"hashStatus": "Withdrawn"},
    "tat": {"deleted": True},
    "threatexchange": {"should_delete": True},
}


def fill(server: Server, exchange: str, count: int = 10) -> None:
    """Records 0 to `count`, then record 1 again as taken back."""
    make = MAKE[exchange]
    server.records[exchange] = [make(number) for number in range(count)]
    server.records[exchange].append(make(1, at=LONG_AGO + 5000, **GONE[exchange]))


def fetch(index: Path, exchange: str, name: str = "", **options: Any) -> Fetched:
    """A fetch that does not wait long between attempts."""
    opened = open_exchange(exchange, stop=options.get("stop", lambda: False))
    opened._session._backoff = 0.001  # type: ignore[attr-defined] # a test need not wait
    return fetch_into(index, name or exchange, exchange=opened, **options)


def contents(index: Path, name: str) -> dict[str, Entry]:
    """The entries in force, by id; fails if two have one id."""
    found = []
    for part in Index(index)[name].parts:
        gone = set(part.withdrawn.tolist())
        found += [part.segment.table[n] for n in range(len(part.segment.table)) if n not in gone]
    by_id = {entry.id: entry for entry in found}
    assert len(by_id) == len(found)
    return by_id


def plain(entries: dict[str, Entry]) -> dict[str, object]:
    """What is said of entries, without where in a fetch it was said."""
    return {
        name: (e.digests, e.hashes, e.category, e.scheme, e.known_good, e.details)
        for name, e in entries.items()
    }
