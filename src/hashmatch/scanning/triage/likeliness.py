"""How likely it is that a file is on a hash list, by its path, size and time: it is not read.

A file gets a level in each of five aspects: the place, the kind that its name says, the size, the
age, and whether a messenger or a camera named it. Each level has a weight, the logarithm of how
many times as often its files matched as those of all levels did. The weights of a file are added
up, as in naive Bayes. Names can lie: they decide when a file is read, never whether.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple, Self

from hashmatch.model.name_times import time_in_name

PLACES: Final[Mapping[str, tuple[float, str]]] = MappingProxyType(
    {
        # What is installed holds pictures by the thousand, and none of them is of a user.
        "programs": (
            -4.0,
            r"""
            windows | winnt | program[ ]files.* | programdata | winsxs | system(32|64)? | syswow64
            | usr | sbin | lib(32|64|exec)? | proc | sys | vendor | product | node_modules
            | (site|dist)-packages | \.(git|svn|hg) | steamapps
            | (drawable|mipmap|layout|values)[-\w]*
            | res | assets | .*\.(app|framework|bundle|lproj) | fonts? | icons? | (live)?wallpapers?
            | emojis? | stickers? | ringtones | notifications | alarms
            """,
        ),
        "hidden": (
            1.8,
            r"""
            .*\btrash.* | \$recycle\.bin | recycler | lost\.dir | found\.\d{3} | \.hidden.*
            | .*vault.* | .*(private|secret|locker|hide)\b.*
            """,
        ),
        "downloads": (
            1.6,
            r"""
            .*downloads? | bluetooth | incoming | torrents? | shared | emule | tor[ ]browser | mega
            | airdrop | (nearby|quick)[ ]?share
            """,
        ),
        "messenger": (
            1.4,
            r"""
            .*(whatsapp|telegram|viber|wickr|snapchat|threema|wechat|tencent|micromsg|discord|skype
            |messenger|facebook|instagram|zangi|kakao|securesms|signal).*
            | (com\.)?(kik|line|imo|element|session)(\..*)? | sms | mms | sent | attachments
            """,
        ),
        "screenshots": (0.6, r".*screen[ ]?(shots?|recordings?).*"),
        "camera": (
            0.5,
            r"""
            dcim | camera([ ]roll)? | \d{3}[a-z0-9_]{5} | (my[ ])?(pictures|photos|movies|videos)
            | galler(y|ies) | albums?
            """,
        ),
        "documents": (
            0.4,
            r"(my[ ])?documents | desktop | onedrive.* | dropbox | icloud.* | google[ ]?drive",
        ),
        "cache": (
            -0.6,
            r"""
            .*caches?(2|_data)? | \.?thumb(nail)?s?(cache)? | te?mp | temporary[ ]internet[ ]files
            """,
        ),
    }
)
"""Places: the weight, and what their folders are called, in lower case."""
_NAMED: Final = {name: re.compile(words, re.VERBOSE) for name, (_, words) in PLACES.items()}
ELSEWHERE: Final = "elsewhere"
_PROGRAMS: Final = "programs"
_DEEP: Final = 20
"""Folders that are looked at, from both ends of a path."""

KINDS: Final[Mapping[str, tuple[float, str]]] = MappingProxyType(
    {
        "picture": (
            1.0,
            """
            jpg jpeg jpe jfif png heic heif avif webp bmp gif tif tiff dng jxl jp2 raw cr2 nef
            """,
        ),
        "video": (
            1.2,
            """
            mp4 m4v mov 3gp 3g2 avi mkv webm wmv flv mpg mpeg mts m2ts ts vob ogv asf rm
            """,
        ),
        "container": (
            0.0,
            """
            zip rar 7z tar gz tgz bz2 xz pdf doc docx ppt pptx xls xlsx odt odp rtf eml msg mbox pst
            ost mht mhtml db sqlite sqlite3 dat ab e01 dd img iso vmdk vhd vhdx vdi qcow2 dmg aff4
            001 epub
            """,
        ),
        "other": (
            -4.0,
            """
            txt log xml json html htm js css py java c h cpp php sql ini cfg conf yml md csv dll exe
            sys so o a dylib jar apk dex odex oat vdex art class pyc ttf otf woff woff2 mp3 m4a aac
            ogg opus wav flac amr lnk url ico svg vcf ics plist strings mo properties manifest cat
            inf mui nib pak bin map lock sh bat deb rpm msi cab
            """,
        ),
    }
)
"""Kinds: the weight, and the endings of names, in lower case."""
_WITHOUT_KIND: Final = "unknown"
_OF_ENDINGS: Final = {
    each: name for name, (_, endings) in KINDS.items() for each in endings.split()
}

_SIZES: Final = ((4 << 10, "tiny", -3.0), (24 << 10, "small", -0.6), (8 << 20, "usual", 0.0))
"""Bytes below which a file has a size, what it is called, and its weight."""
_LARGE: Final = "large"
_AGES: Final = ((31, "month", 0.6), (366, "year", 0.3))
"""Days before the newest file of the evidence, what they are called, and the weight."""
_OLDER: Final = "older"
_UNDATED: Final = "undated"

_BY_RULE: Final[Mapping[str, float]] = MappingProxyType(
    {
        **{f"place {name}": weight for name, (weight, _) in PLACES.items()},
        f"place {ELSEWHERE}": 0.0,
        **{f"kind {name}": weight for name, (weight, _) in KINDS.items()},
        f"kind {_WITHOUT_KIND}": -0.5,
        **{f"size {name}": weight for _, name, weight in _SIZES},
        f"size {_LARGE}": -0.3,
        **{f"age {name}": weight for _, name, weight in _AGES},
        f"age {_OLDER}": 0.0,
        f"age {_UNDATED}": 0.0,
        "name given": 0.3,
        "name other": 0.0,
    }
)
_MATCHES_OF_RULE: Final = 2.0
"""Matches whose evidence a weight of the table above has: as many on record count as much."""

_SECONDS_OF_FILE: Final = 0.004
_BYTES_A_SECOND: Final = {"picture": 40e6, "video": 60e6, "container": 25e6}
_OF_OTHERS: Final = 100e6
"""What reading is assumed to take: only the proportions matter."""


class Traits(NamedTuple):
    """What a file shows of itself without being read.

    Attributes:
        place: one of `PLACES`, or `elsewhere`.
        kind: one of `KINDS`, or `unknown`.
        size: how large it is, in a word.
        name: `given` by a messenger or camera, or `other`.
    """

    place: str
    kind: str
    size: str
    name: str

    @classmethod
    def of(cls, within: str, size: int) -> Self:
        """Those of a file.

        Args:
            within: its path below the root of its source, with `/` between names.
            size: in bytes.
        """
        folder, _, name = within.rpartition("/")
        given = "given" if time_in_name(name) is not None else "other"
        return cls(_place_of(folder), _kind_of(name), _size_of(size), given)

    @property
    def levels(self) -> tuple[str, ...]:
        """The level in each aspect, as weights name it."""
        return (
            f"place {self.place}",
            f"kind {self.kind}",
            f"size {self.size}",
            f"name {self.name}",
        )

    @property
    def is_video(self) -> bool:
        """Whether its name says that it is a video."""
        return self.kind == "video"


@lru_cache(maxsize=1 << 10)
def _place_of(folder: str) -> str:
    """The deepest folder whose name says something; what is installed is nothing else."""
    found = ELSEWHERE
    names = folder.lower().split("/")
    # Trees can be thousands of folders deep.
    for name in names if len(names) <= 2 * _DEEP else (*names[:_DEEP], *names[-_DEEP:]):
        for place, words in _NAMED.items():
            if words.fullmatch(name) is not None:
                if place == _PROGRAMS:
                    return place
                found = place
                break
    return found


def _kind_of(name: str) -> str:
    return _OF_ENDINGS.get(name.rpartition(".")[2].lower(), _WITHOUT_KIND)


def _size_of(size: int) -> str:
    return next((name for least, name, _ in _SIZES if size < least), _LARGE)


def age_of(days: int | None) -> str:
    """The age of a file that was modified so many days before the newest; None if nobody knows."""
    if days is None:
        return f"age {_UNDATED}"
    return next((f"age {name}" for most, name, _ in _AGES if days <= most), f"age {_OLDER}")


def work_of(traits: Traits, size: int) -> float:
    """Seconds that reading a file is assumed to take."""
    return _SECONDS_OF_FILE + size / _BYTES_A_SECOND.get(traits.kind, _OF_OTHERS)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each level says, and what that was learned from.

    Attributes:
        of_level: the natural logarithm of how many times as often its files match.
        files: on record from which they were learned; 0 where they are the table's.
        matched: of these files.
    """

    of_level: Mapping[str, float] = field(default_factory=lambda: dict(_BY_RULE))
    files: int = 0
    matched: int = 0

    @classmethod
    def learned(cls, seen: Iterable[tuple[str, int, bool]]) -> Self:
        """Weights of the table, moved by what is on record.

        A level of which n files are on record, m of them matched, has the weight
        ln((m + 2) / (n + 2 / q) / r): r is the share of all files that matched, and q what the
        table makes of it. That is the mean of a Gamma distribution whose prior is worth two
        matches; without files it is the weight of the table.

        Args:
            seen: path, size in bytes, and whether it matched, of each file.
        """
        counted: Counter[str] = Counter()
        met: Counter[str] = Counter()
        files = matched = 0
        for within, size, is_met in seen:
            files += 1
            matched += is_met
            levels = Traits.of(within, size).levels
            counted.update(levels)
            if is_met:
                met.update(levels)
        if not matched:
            # How often what matches cannot be told from no match at all.
            return cls(files=files)
        rate = matched / files
        return cls(
            {
                level: math.log(
                    (met[level] + _MATCHES_OF_RULE)
                    / (counted[level] + _MATCHES_OF_RULE / (rate * math.exp(weight)))
                    / rate
                )
                for level, weight in _BY_RULE.items()
            },
            files,
            matched,
        )

    def of(self, traits: Traits) -> float:
        """The weight of a file, all but that of its age."""
        return sum(self.of_level[each] for each in traits.levels)
