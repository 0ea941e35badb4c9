"""Hash lists in compressed files and archives; `SEEDS` as in text_list_seeds.py."""

import bz2
import gzip
import io
import lzma
import zipfile

from tests.support.text_list_seeds import SEEDS as TEXTS


def zipped(
    members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED, flags: int = 0
) -> bytes:
    """A zip archive of these files; `flags` are set in its directory as another writer would."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
        for info in archive.filelist:
            info.flag_bits |= flags
    return out.getvalue()


SEEDS: dict[str, bytes] = {
    "csv/gzip": gzip.compress(TEXTS["csv/comma"], mtime=0),
    "csv/gzip-of-two-parts": b"".join(
        gzip.compress(part, mtime=0) for part in TEXTS["csv/comma"].partition(b"x2")
    ),
    "plain/xz": lzma.compress(TEXTS["plain/pdq"]),
    "sums/bzip2": bz2.compress(TEXTS["sums/md5sum"]),
    "ncmec/zip": zipped({"ncmec.xml": TEXTS["ncmec/entries"]}),
    "csv/zip-utf16": zipped(
        {
            "lists/": b"",
            "lists/known.csv": TEXTS["csv/tab-utf16"],
            "__MACOSX/lists/._known.csv": b"x",
        }
    ),
    "plain/zip-stored": zipped({"a.txt": TEXTS["plain/mixed"]}, method=zipfile.ZIP_STORED),
}
