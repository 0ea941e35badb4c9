"""Valid files of the JSON formats, made by hand in the shapes that their publishers use.

`SEEDS` is name to bytes. All digests and hashes are made up: repeated digits, no file's.
"""

import io
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

from hashmatch.hashlists.base import ListFile

MD5, SHA1, SHA256, PDQ = "A" * 32, "b" * 40, "c" * 64, "f8" * 32
PHOTODNA = bytes(range(144))
MODELS = "ProjectVic/DataModels"


class InMemory(ListFile):
    """A file that was never written."""

    def __init__(self, data: bytes) -> None:
        super().__init__(Path("list"))
        self._data = data

    def open(self) -> io.BufferedReader:
        return io.BufferedReader(io.BytesIO(self._data))


def context(region: str = "US", kind: str = "Media") -> str:
    return f"http://github.com/VICSDATAMODEL/{MODELS}/2.0.xml/{region}/$metadata#{kind}"


def media(**changed: Any) -> dict[str, Any]:
    """One media object of VICS 2.0 with all fields, some of them changed."""
    whole = {
        "MediaID": 7,
        "Category": 2,
        "MD5": MD5,
        "SHA1": SHA1.upper(),
        "PhotoDNA": b64encode(PHOTODNA).decode(),
        "MediaSize": 2835,
        "MimeType": "image/jpeg",
        "DateUpdated": "2023-06-07T02:31:49.8300Z",
        "RelativeFilePath": "dir\\name.jpg",
        "VictimIdentified": False,
        "OffenderIdentified": False,
        "IsDistributed": True,
        "IsSuspected": False,
        "SelfGenerated": None,
        "Series": "",
        "Tags": "a;b",
        "Comments": "",
        "IsPrecategorized": "false",
        "PrecategorizationSource": "",
        "AlternativeHashes": [
            {"MD5": MD5, "HashName": "PDQ", "HashValue": PDQ, "HashQuality": 88},
            {"MD5": MD5, "HashName": "SHA256", "HashValue": SHA256},
            {"MD5": MD5, "HashName": "TMK+PDQF", "HashValue": "00ff10"},
            {"MD5": MD5, "HashName": "ssdeep", "HashValue": "96:s4Ud:L"},
        ],
        "Exifs": [{"MD5": MD5, "PropertyName": "Make", "PropertyValue": "Ä"}],
        "MediaFiles": [{"MD5": MD5, "FileName": "name.jpg", "Unallocated": False}],
    }
    return {key: value for key, value in (whole | changed).items() if value is not ...}


def hash_set(*rows: dict[str, Any], region: str = "US") -> bytes:
    return json.dumps({"@odata.context": context(region), "value": rows}).encode()


def cases(*cases: dict[str, Any], region: str = "UK") -> bytes:
    return json.dumps({"@odata.context": context(region, "Cases"), "value": cases}).encode()


def case(*rows: dict[str, Any]) -> dict[str, Any]:
    return {
        "CaseID": "5f0c",
        "CaseNumber": "12/34",
        "ContactOrganization": "A lab",
        "TotalMediaFiles": "1",
        "CaseMetadata": [{"CaseID": "5f0c", "PropertyName": "x", "PropertyValue": "y"}],
        "Media": rows,
        "SeizureDate": "2020-01-02",
    }


def version_1(version: str = "1.3") -> bytes:
    """With OData's links, PhotoDNA among the alternative hashes and numbers as text."""
    row = {
        "odata.id": "Media('A')",
        "odata.editLink": "Media('A')",
        "AlternativeHashes@odata.navigationLinkUrl": "Media('A')/AlternativeHashes",
        "AlternativeHashes": [
            {
                "Media@odata.navigationLinkUrl": "x",
                "MD5": MD5,
                "HashName": "PhotoDNA",
                "HashValue": PHOTODNA.hex(),
            }
        ],
        "MediaID": "12",
        "Category": "0",
        "MD5": MD5,
        "VictimIdentified": "true",
        "DateUpdated": "/Date(1686105109830)/",
    }
    model = f"http://github.com/ICMEC/{MODELS}/{version}.xml#Media"
    return json.dumps({"odata.metadata": model, "value": [row]}, indent=1).encode()


def stopncii_record(**changed: Any) -> dict[str, Any]:
    whole = {
        "lastModtimestamp": 1700000000,
        "signalType": "ImagePDQ",
        "hashValue": PDQ,
        "hashStatus": "Active",
        "caseNumbers": {"c1": "Active"},
        "CSPFeedbacks": [{"feedbackValue": "Blocked", "tags": ["x"], "source": "s"}],
    }
    return whole | changed


def stopncii(*records: dict[str, Any]) -> bytes:
    answer = {"count": len(records), "nextPageToken": "t", "hasMoreRecords": False}
    return json.dumps(answer | {"hashRecords": records}).encode()


def tat_record(**changed: Any) -> dict[str, Any]:
    whole = {
        "hash_digest": PDQ,
        "algorithm": "PDQ",
        "ideology": "far-right",
        "file_type": "jpg",
        "deleted": False,
        "updated_on": "2024-01-01T00:00:00Z",
        "created_on": "2023-01-01T00:00:00Z",
        "id": 3,
    }
    return whole | changed


def tat(*records: dict[str, Any]) -> bytes:
    return json.dumps(records).encode()


def descriptor(**changed: Any) -> dict[str, Any]:
    whole = {
        "id": "41",
        "raw_indicator": PDQ,
        "type": "HASH_PDQ",
        "owner": {"id": "9", "name": "a platform"},
        "status": "MALICIOUS",
        "tags": {"data": [{"id": "1", "text": "t1"}, {"id": "2", "text": "t2"}]},
        "added_on": "2020-07-01T00:00:00+0000",
        "should_delete": False,
    }
    return {key: value for key, value in (whole | changed).items() if value is not ...}


def threatexchange(*descriptors: dict[str, Any]) -> bytes:
    paging = {"cursors": {"after": "x"}}
    return json.dumps({"paging": paging, "data": descriptors}).encode()


def frames(*times: str) -> list[str]:
    """Frames at these times, as texts."""
    return [f"{number:064x},{50 + number % 50},{time}" for number, time in enumerate(times)]


def jsonl() -> bytes:
    header = {"hashmatch-list": 1, "name": "n", "version": "3", "owner": "o", "details": {"a": 1}}
    known = [{"hash": f"pdq:{PDQ}", "quality": 88, "part": "centre", "time": 1.5}]
    whole = {"id": "x", "number": 9, "md5": MD5.lower(), "hashes": known, "category": "A"}
    rows = [header, whole | {"known_good": True, "details": {"b": [None]}}, {"withdrawn": "y"}]
    return "\n".join(map(json.dumps, rows)).encode()


_BY_FRAME = {str(n): {"quality": 60, "hash": f"{n:064x}", "timestamp": n / 2} for n in range(3)}

SEEDS: dict[str, bytes] = {
    "vics/2-hash-set": hash_set(media(), media(MediaID=8, MD5="D" * 32, AlternativeHashes=[])),
    "vics/2-cases": cases(case(media()), case(media(MediaID=8))),
    "vics/1.3": version_1(),
    "vics/utf-16": hash_set(media()).decode().encode("utf-16"),
    "stopncii/answer": stopncii(stopncii_record(), stopncii_record(hashValue="0" * 64)),
    "tat/records": tat(tat_record(), tat_record(id=4, algorithm="MD5", hash_digest=MD5)),
    "threatexchange-json/descriptors": threatexchange(descriptor(), descriptor(id="42")),
    "vpdq-json/frames": json.dumps(frames("0.0", "1.0", "2.0")).encode(),
    "vpdq-json/by-frame": json.dumps(_BY_FRAME).encode(),
    "jsonl/list": jsonl(),
    "json-objects/imagehash": json.dumps([{"file": "a.jpg", "phash": "f8" * 8, "n": 1}]).encode(),
}
