"""Hash lists of other tools; `SEEDS` as in text_list_seeds.py."""

import gzip
import sqlite3

from tests.support.places import FIXTURES
from tests.support.text_list_seeds import MD5, MD5_B, PDQ, PDQ_B, SHA1, SHA256

EIGHT = ",".join(f"{n}{PDQ[1:]}" for n in range(8))


def sleuthkit_database() -> bytes:
    """A `.kdb` with all that The Sleuth Kit's tables can hold."""
    database = sqlite3.connect(":memory:")
    values = f"(7, x'{MD5}', x'{SHA1}', x'{SHA256}'), (9, x'{MD5_B}', NULL, NULL)"
    database.executescript(
        "CREATE TABLE db_properties (name TEXT NOT NULL, value TEXT);"
        "CREATE TABLE hashes (id INTEGER PRIMARY KEY AUTOINCREMENT, md5 BINARY(16) UNIQUE, "
        "sha1 BINARY(20), sha2_256 BINARY(32));"
        "CREATE TABLE file_names (name TEXT NOT NULL, hash_id INTEGER NOT NULL);"
        "CREATE TABLE comments (comment TEXT NOT NULL, hash_id INTEGER NOT NULL);"
        "INSERT INTO file_names VALUES ('a.jpg', 7), ('b.jpg', 7);"
        "INSERT INTO comments VALUES ('seen twice', 9);"
    )
    database.execute("INSERT INTO hashes VALUES " + values)  # noqa: S608 (our values)
    database.commit()
    data = database.serialize()
    database.close()
    return data


def _lines(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


LISTS = FIXTURES / "lists"

SEEDS: dict[str, bytes] = {
    "pdq-photo-hasher/output": (LISTS / "pdq-photo-hasher.txt").read_bytes(),
    "pdq-photo-hasher/short": (LISTS / "hash-quality.txt").read_bytes(),
    "pdq-photo-hasher/details": _lines(
        f"hash={PDQ},norm=128,delta=0,quality=100,filename=a, b.jpg",
        f"hash={PDQ_B},norm=130,delta=90,quality=57,filename=c.jpg",
    ),
    "pdq-photo-hasher/across": _lines(f"{EIGHT},88,a, b.jpg", f"{EIGHT},3,c.jpg"),
    "md5deep/sizes": (LISTS / "md5deep-z.txt").read_bytes(),
    "md5deep/commas": (LISTS / "md5deep-c.txt").read_bytes(),
    "md5deep/times": (LISTS / "md5deep-zt.txt").read_bytes(),
    "encase/set": (LISTS / "encase.hash").read_bytes(),
    "hashkeeper/set": (LISTS / "hashkeeper.hsh").read_bytes(),
    "sleuthkit/names": sleuthkit_database(),
    "sleuthkit/hfind": gzip.decompress((LISTS / "sleuthkit.kdb.gz").read_bytes()),
    "sleuthkit-index/md5": (LISTS / "hfind-md5.idx").read_bytes(),
}
