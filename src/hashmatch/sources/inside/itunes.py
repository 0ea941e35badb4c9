"""What the files of an iOS backup are really called, by its `Manifest.db`."""

from collections.abc import Callable
from typing import BinaryIO

from hashmatch.sources.inside.sqlite_pages import Pages
from hashmatch.sources.inside.view import View


def real_names(manifest: BinaryIO, check: Callable[[], None] = lambda: None) -> dict[str, str]:
    """Real names, as `CameraRollDomain/Media/DCIM/100APPLE/IMG_0001.JPG`, by names in the backup.

    A file is called by forty hexadecimal digits, and lies in a folder of the first two.

    Args:
        manifest: the database, seekable. That of an encrypted backup is encrypted: it gives none.
        check: called now and then; raises where it takes too long.

    Raises:
        OSError: it cannot be read.
    """
    pages = Pages(View(manifest), check)
    found: dict[str, str] = {}
    for table in pages.tables():
        if table.name != "Files":
            continue
        places = [
            table.columns.index(each) if each in table.columns else number
            for number, each in enumerate(("fileID", "domain", "relativePath"))
        ]
        for row in pages.rows(table.root):
            fields = pages.fields(row)
            if max(places) < len(fields):
                key, domain, path = (str(fields[each] or "") for each in places)
                found[key] = f"{domain}/{path}" if path else domain
    return found
