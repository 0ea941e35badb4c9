"""URIs of files: paths, `file://` with percent-encoding, and those of object stores."""

import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)(::|://)")
"""Two letters at least: `C:` is a drive."""
_FILE: Final = re.compile(r"(?:file|local)://(?:localhost(?=/))?", re.IGNORECASE)
"""`local` is what fsspec calls files of this machine too: it would open pipes and devices."""
_SECRET: Final = re.compile(r"\S*(?:://|\?)\S*")


def local_path(uri: str) -> str | None:
    """The path on this system that a URI names; None where it lies in a store.

    >>> local_path("file:///data/a%20b.jpg"), local_path("/data/a.jpg"), local_path("s3://b/a.jpg")
    ('/data/a b.jpg', '/data/a.jpg', None)
    """
    if named := _FILE.match(uri):
        path = os.fsdecode(unquote_to_bytes(uri[named.end() :]))
        # file:///C:/data of Windows
        return path[1:] if os.name == "nt" and path.startswith("/") else path
    return None if _SCHEME.match(uri) else uri


def uri_of(path: str) -> str:
    """The path itself, or as `file://` where it is no text: bytes that are none are kept."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return Path(path).absolute().as_uri()
    return path


def joined(root: str, name: str) -> str:
    """A name in a folder or below a URI.

    >>> joined("s3://bucket/out/", "a.parquet")
    's3://bucket/out/a.parquet'
    """
    return f"{root.rstrip('/')}/{name}"


def without_addresses(text: str) -> str:
    """Words of an error without addresses, which may hold signatures.

    >>> without_addresses("403 for https://store/a?X-Signature=1")
    '403 for …'
    """
    return _SECRET.sub("…", " ".join(text.split()))[:200]
