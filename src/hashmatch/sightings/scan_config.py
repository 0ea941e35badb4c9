"""The configuration of a scan: its source, its lists and its options, and their fingerprint."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hashmatch.coverage import ListCoverage
from hashmatch.model import Json
from hashmatch.profiles import FALSE_MATCHES, FARTHEST, FLAT_CARDS, STRICT, Profile
from hashmatch.sightings.encoding import canonical, digest
from hashmatch.sightings.list_records import ListRecord
from hashmatch.sightings.migrating import tool_version

if TYPE_CHECKING:
    from hashmatch.index.reading import KnownList

FLAT_CARDS_MARKED: Final = "flat cards"
"""Stands among the decoders of hashings that mark pictures of few colours, with the version of the
rule. What earlier versions hashed has no mark, whatever it shows."""
_SHORT = 16
"""Digits of a digest that a message shows."""


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A piece of evidence that is about to be scanned.

    Attributes:
        label: what the lab calls it: the exhibit; one of its kind in a case.
        kind: as `folder`.
        path: where it lies.
        identity: what tells it from others wherever it lies; empty where nothing does.
        excluded: patterns of the files that are left out.
    """

    label: str
    kind: str
    path: str
    identity: Mapping[str, Json] = field(default_factory=dict)
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """How a source is about to be scanned.

    Attributes:
        profile: thresholds and minimum qualities.
        lists: what is known, see `list_record`.
        options: all that decides which hashes the same bytes give: algorithms, mode, readings,
            limits. Not how many workers there are.
        hashing: a version that changes whenever the same bytes and options may give other
            hashes; by default the version of hashmatch.
        libraries: name and version of every library that reads or compares; for the record.
        decoders: of those that read, which may give other hashes of the same bytes: hashes are
            used again only where these are the same.
        reading: what decides which items there are, and which are decoded: limits and versions of
            what reads inside files.
        passwords: that are tried on what is encrypted. On record is only what tells whether others
            are the same, and is slow to guess from.
        command: the command line; for the record.
        environment: further conditions, by aspect, as `search`; for the record.
        replaces: whether sightings of all earlier scans of the source count no more, whatever
            this scan reads and searches.
        deepens: whether hashes that scans of this source with fewer tiers computed are used again
            for what they met something by; only the others are decoded.
    """

    profile: Profile
    lists: tuple[ListRecord, ...]
    options: Mapping[str, Json]
    hash_version: str = field(default_factory=tool_version)
    libraries: Mapping[str, str] = field(default_factory=dict)
    decoders: Mapping[str, str] = field(default_factory=dict)
    reading: Mapping[str, Json] = field(default_factory=dict)
    passwords: tuple[str, ...] = field(default=(), repr=False)
    command: str = ""
    environment: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    replaces: bool = False
    deepens: bool = False


def list_record(known: "KnownList", coverage: ListCoverage | None = None) -> ListRecord:
    """A list in force, for the record.

    Args:
        known: the list.
        coverage: what of it can match; None where that is not known.
    """
    policy = asdict(known.policy)
    return ListRecord(
        name=known.name,
        sha256=tuple(source.sha256 for source in known.sources),
        version=known.about.version,
        entries=len(known),
        known_good=bool(known.policy.known_good),
        policy=policy,
        known_good_entries=known.known_good_entries,
        coverage=coverage,
        handling=known.handling,
    )


def hash_config_of(configuration: RunConfig) -> str:
    """What must be the same for hashes to be used again, as canonical JSON."""
    decoders = configuration.decoders
    same = {"version": configuration.hash_version, "options": configuration.options}
    return canonical({**same, **({"decoders": decoders} if decoders else {})})


def scan_config_of(source: SourceSpec, configuration: RunConfig) -> dict[str, Any]:
    """All that a resume must agree with.

    Of a list that is its name, its files, what the operator said of it, and how many of its
    entries are in force: with the same files that number only changes when entries are
    withdrawn, and writing an index anew leaves it as it is. The order of lists means nothing.
    """
    profile = profile_that_binds(asdict(configuration.profile))
    lists: dict[str, Any] = {}
    for known in configuration.lists:
        name, number = known.name, 1
        while name in lists:
            number += 1
            name = f"{known.name} ({number})"
        lists[name] = {
            "files": list(known.sha256),
            "entries": known.entries,
            "known good": known.known_good,
            "policy": known.policy,
        }
    bound = {
        "kind": source.kind,
        "path": source.path,
        "identity": source.identity,
        # Scans of earlier versions have whole paths on record.
        "locators": "below the root",
    }
    return {
        "source": {**bound, **({"excluded": list(source.excluded)} if source.excluded else {})},
        "profile": profile,
        "options": configuration.options,
        "hashing": configuration.hash_version,
        "lists": lists,
        **({"reading": configuration.reading} if configuration.reading else {}),
        **({"replaces": True} if configuration.replaces else {}),
        **({"deepens": True} if configuration.deepens else {}),
    }


def profile_that_binds(profile: Mapping[str, Any]) -> dict[str, Any]:
    """What of a profile a resume must agree with.

    What profiles of earlier versions do not have binds nothing while it is as usual: scans that
    these began are resumed.

    Args:
        profile: as a run has it on record.
    """
    return {
        name: value
        for name, value in profile.items()
        if name != "source" and not (name in _LATER and value in _LATER[name])
    }


_LATER: Final[Mapping[str, Sequence[Any]]] = {
    "flat_cards": (FLAT_CARDS,),
    "false_matches": (FALSE_MATCHES,),
    "farthest": (FARTHEST, STRICT.farthest),
}
"""Fields that profiles were given later, with their usual values."""


def scan_fingerprint(scan_config: Mapping[str, Any]) -> str:
    """The SHA-256 of a configuration."""
    return digest(scan_config).hex()


_WORDS = {
    "source.kind": "kind of evidence",
    "source.path": "path of the evidence",
    "source.locators": "names of files on record",
    "source.excluded": "files left out (--exclude)",
    "profile.name": "profile",
    "profile.minimum_quality": "minimum quality",
    "profile.probable_quality": "minimum quality of what is only probable",
    "profile.minimum_fraction": "least share of a picture that is decoded",
    "reading.inside": "what lies in files is read (--no-inside)",
    "reading.max_depth": "containers in each other (--depth)",
    "reading.min_size": "bytes of what is decoded at least (--min-size)",
    "reading.only": "what alone is decoded (--only)",
    "reading.passwords": "passwords (--passwords)",
    "replaces": "earlier scans replaced (--replace-earlier)",
    "hashing": "version of hashmatch that hashes",
}
_BEGINNINGS = {
    "source.identity.": "identity of the evidence, {}",
    "profile.thresholds.": "threshold of {} in bits",
    "profile.probable.": "threshold of {} for what is only probable, in bits",
    "profile.flat_cards.": "threshold of {} for flat cards, in bits",
    "profile.qualities.": "minimum quality of {}",
    "profile.video.": "rule for videos, {}",
    "options.limits.": "limit, {}",
    "reading.parsers.": "version of {} that reads inside files",
    "reading.": "reading of files, {}",
    "options.": "option, {}",
    "lists.": "hash list {}",
}


def in_words(field: str) -> str:
    """A field of a configuration in words.

    >>> in_words("profile.thresholds.pdq"), in_words("lists.VIC.entries")
    ('threshold of pdq in bits', 'hash list VIC, entries')
    """
    if field in _WORDS:
        return _WORDS[field]
    for beginning, words in _BEGINNINGS.items():
        if field.startswith(beginning):
            rest = field.removeprefix(beginning)
            if beginning == "lists.":
                name, _, rest = rest.rpartition(".")
                rest = f"{name}, {rest}" if name else rest
            return words.format(rest.replace("_", " "))
    return field.replace(".", ", ").replace("_", " ")


def differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """Field, old value and new value wherever two configurations differ; both as read from JSON."""
    old, new = dict(_fields(was, "")), dict(_fields(now, ""))
    return tuple(
        (name, old.get(name, "nothing"), new.get(name, "nothing"))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    )


def _fields(value: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, each in value.items():
        name = f"{prefix}{key}"
        if isinstance(each, Mapping) and each:
            yield from _fields(each, f"{name}.")
        elif key == "files":
            yield name, ", ".join(f"{sha256[:_SHORT]}…" for sha256 in each) or "none"
        elif key == "passwords":
            yield name, f"{each.rpartition(':')[2][:_SHORT]}…" if each else "none"
        else:
            yield name, each if isinstance(each, str) else canonical(each)
