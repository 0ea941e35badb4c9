"""The kind of file system of a database: SQLite's log needs memory that its processes share."""

import os
import re
from pathlib import Path

_MOUNTS = Path("/proc/self/mounts")
_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|afs|ceph|9p|fuse\.(sshfs|glusterfs|rclone|s3fs)|lustre"
)
_ESCAPE = re.compile(rb"\\([0-7]{3})")


def network_filesystem(path: Path, mounts: Path = _MOUNTS) -> str:
    """The kind of the network share that a file lies on; empty for a local disk.

    Only Linux says so; elsewhere the answer is always empty.
    """
    try:
        lines = mounts.read_bytes().splitlines()
    except OSError:
        return ""
    whole = os.fsencode(os.path.realpath(path))
    kind, deepest = "", -1
    for line in lines:
        _, point, form, *_ = line.split(b" ")
        folder = _ESCAPE.sub(lambda found: bytes((int(found[1], 8),)), point).rstrip(b"/")
        # Later mounts cover earlier ones at the same place.
        if (whole == folder or whole.startswith(folder + b"/")) and len(folder) >= deepest:
            kind, deepest = form.decode("ascii", "replace"), len(folder)
    return kind if _NETWORK.fullmatch(kind) else ""
