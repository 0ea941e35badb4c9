"""Names to implementations, loaded on demand: ours first, then those of installed packages."""

import sys
from functools import cache
from importlib import import_module
from typing import Any, Final

from hashmatch.errors import ExtensionError, UnknownNameError, there_is

_OURS: Final[dict[str, dict[str, str]]] = {
    "hashers": {
        "pdq": "hashmatch.hashers.pdq:Pdq",
        "phash-64": "hashmatch.hashers.classic:Phash64",
        "phash-256": "hashmatch.hashers.classic:Phash256",
        "dhash-64": "hashmatch.hashers.classic:Dhash64",
        "dhash-256": "hashmatch.hashers.classic:Dhash256",
        "ahash-64": "hashmatch.hashers.classic:Ahash64",
        "whash-64": "hashmatch.hashers.classic:Whash64",
        "colorhash-42": "hashmatch.hashers.color:Colorhash42",
        "crop-resistant": "hashmatch.hashers.crop_resistant:CropResistant",
    },
    "sources": {
        "device": "hashmatch.sources.device:Device",
        "folder": "hashmatch.sources.folder:Folder",
    },
    "lists": {
        "ncmec": "hashmatch.hashlists.ncmec:NcmecFormat",
        "sleuthkit": "hashmatch.hashlists.sleuthkit:SleuthkitFormat",
        "nsrl": "hashmatch.hashlists.nsrl:NsrlFormat",
        "nsrl-text": "hashmatch.hashlists.nsrl:NsrlTextFormat",
        "icse": "hashmatch.hashlists.icse:IcseFormat",
        "hashkeeper": "hashmatch.hashlists.hashkeeper:HashkeeperFormat",
        "encase": "hashmatch.hashlists.encase:EncaseFormat",
        "sleuthkit-index": "hashmatch.hashlists.sleuthkit:SleuthkitIndexFormat",
        "threatexchange": "hashmatch.hashlists.threatexchange:ThreatExchangeFormat",
        "hashdeep": "hashmatch.hashlists.hashdeep:HashdeepFormat",
        "jsonl": "hashmatch.hashlists.jsonl:JsonLinesFormat",
        "vics": "hashmatch.hashlists.vics:VicsFormat",
        "stopncii": "hashmatch.hashlists.stopncii:StopNciiFormat",
        "tat": "hashmatch.hashlists.tat:TatFormat",
        "threatexchange-json": "hashmatch.hashlists.threatexchange_json:ThreatExchangeFormat",
        "vpdq-json": "hashmatch.hashlists.vpdq_json:VpdqJsonFormat",
        "json-objects": "hashmatch.hashlists.json_objects:JsonObjectsFormat",
        "csv": "hashmatch.hashlists.csv:CsvFormat",
        "vpdq": "hashmatch.hashlists.vpdq_text:VpdqTextFormat",
        "pdq-photo-hasher": "hashmatch.hashlists.pdq_hasher:PdqHasherFormat",
        "md5deep": "hashmatch.hashlists.md5deep:Md5deepFormat",
        "sums": "hashmatch.hashlists.hashdeep:SumsFormat",
        "plain": "hashmatch.hashlists.plain:PlainFormat",
    },
    "exchanges": {
        "ncmec": "hashmatch.exchanges.ncmec:Ncmec",
        "stopncii": "hashmatch.exchanges.stopncii:StopNcii",
        "tat": "hashmatch.exchanges.tat:Tat",
        "threatexchange": "hashmatch.exchanges.threatexchange:ThreatExchange",
    },
    "reports": {
        "html": "hashmatch.reports.html:HtmlReport",
        "json": "hashmatch.reports.json:JsonReport",
        "jsonl": "hashmatch.reports.json:JsonLinesReport",
        "csv": "hashmatch.reports.csv:CsvReport",
        "vics": "hashmatch.reports.vics:VicsReport",
        "parquet": "hashmatch.reports.parquet:ParquetReport",
    },
    "exports": {
        "graphml": "hashmatch.exports.graphml:GraphmlExport",
        "nodes-csv": "hashmatch.exports.tables:NodesExport",
        "edges-csv": "hashmatch.exports.tables:EdgesExport",
        "timesketch": "hashmatch.exports.timesketch:TimesketchExport",
        "case-uco": "hashmatch.exports.case_uco:CaseExport",
        "stix": "hashmatch.exports.stix:StixExport",
        "parquet": "hashmatch.exports.parquet:ParquetExport",
        "vics": "hashmatch.exports.vics:VicsExport",
    },
    "transforms": {
        "resize": "hashmatch.bench.transforms.shapes:resize",
        "crop": "hashmatch.bench.transforms.shapes:crop",
        "rotate": "hashmatch.bench.transforms.shapes:rotate",
        "dihedral": "hashmatch.bench.transforms.shapes:dihedral",
        "border": "hashmatch.bench.transforms.frames:border",
        "caption": "hashmatch.bench.transforms.frames:caption",
        "overlay": "hashmatch.bench.transforms.frames:overlay",
        "collage": "hashmatch.bench.transforms.pages:collage",
        "screenshot": "hashmatch.bench.transforms.pages:screenshot",
        "photographed": "hashmatch.bench.transforms.camera:photographed",
        "colour": "hashmatch.bench.transforms.tones:colour",
        "compression": "hashmatch.bench.transforms.tones:compression",
        "noise": "hashmatch.bench.transforms.tones:noise",
        "blur": "hashmatch.bench.transforms.tones:blur",
        "combined": "hashmatch.bench.transforms.combined:combined",
    },
}
"""Per kind; the entry-point group of a kind is `hashmatch.<kind>`."""

_ONE: Final = {
    "hashers": "algorithm",
    "sources": "kind of source",
    "lists": "format of hash lists",
    "exchanges": "exchange",
    "reports": "format of reports",
    "exports": "format of exports",
    "transforms": "group of alterations",
}
_MEMBERS: Final = {
    "hashers": (
        *("algorithm", "bits", "distance", "hash", "minimum_quality", "needs_rgb", "source"),
        "threshold",
    ),
    "sources": ("__iter__", "detect", "open"),
    "lists": ("detect", "keyed", "read", "title"),
    "exchanges": (),
    "reports": ("is_stream", "suffix", "write"),
    "exports": ("of_links", "suffix", "write"),
    "transforms": ("items",),
}
"""What each has, as its protocol says: of a kind of source what its class has."""

_loaded: dict[tuple[str, str], Any] = {}
_registered: dict[tuple[str, str], Any] = {}


def register(kind: str, name: str, factory: Any) -> None:  # noqa: ANN401 (see `registration`)
    """Make `factory()` available as `name` in this process, before any installed one."""
    _check(kind)
    _registered[kind, name] = factory
    _loaded.pop((kind, name), None)


def names(kind: str) -> list[str]:
    """All names of a kind: ours in their order, then registered and installed ones."""
    _check(kind)
    installed = _installed(kind, tuple(sys.path))
    here = [name for known, name in _registered if known == kind]
    return list(dict.fromkeys([*_OURS[kind], *here, *installed]))


@cache
def _installed(kind: str, path: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG001 (what is seen)
    """Names of installed packages. The metadata of all packages are read for them, once."""
    from importlib import metadata

    return tuple(point.name for point in metadata.entry_points(group=f"hashmatch.{kind}"))


def has(kind: str, name: str) -> bool:
    """Whether something has this name; other packages are looked at only where it is not ours."""
    _check(kind)
    return name in _OURS[kind] or name in names(kind)


def built_in(kind: str) -> list[str]:
    """The names of a kind that come with hashmatch, without looking for installed packages."""
    _check(kind)
    return list(_OURS[kind])


def load(kind: str, name: str) -> Any:  # noqa: ANN401 (the kind's module knows the protocol)
    """The one instance of this name, made on first use.

    Raises:
        UnknownNameError: nobody registered it; the message names what there is.
        ExtensionError: another package's is not what it is registered as.
    """
    if (kind, name) not in _loaded:
        factory, home = _found(kind, name)
        try:
            made = factory()
        except Exception as error:
            if not home:
                raise
            raise _broken(kind, name, home, f"making it fails with {_told(error)}") from error
        if home:
            _check_members(kind, name, home, made)
        _loaded[kind, name] = made
    return _loaded[kind, name]


def _check(kind: str) -> None:
    if kind not in _OURS:
        msg = f"nothing is registered as {kind!r}"
        raise UnknownNameError(there_is(msg, _OURS))


def find(kind: str, name: str) -> Any:  # noqa: ANN401 (the kind's module knows the protocol)
    """What makes an instance of this name: for sources, called with the path of the evidence.

    Raises:
        UnknownNameError, ExtensionError: as `load`.
    """
    factory, home = _found(kind, name)
    if home and kind == "sources":
        _check_members(kind, name, home, factory)
    return factory


def _found(kind: str, name: str) -> tuple[Any, str]:
    """What makes it, and where that is from, in words; empty for ours."""
    _check(kind)
    if (kind, name) in _registered:
        factory, home = _registered[kind, name], "registered in this process"
    elif name in _OURS[kind]:
        module, _, attribute = _OURS[kind][name].partition(":")
        return getattr(import_module(module), attribute), ""
    else:
        from importlib import metadata

        points = list(metadata.entry_points(group=f"hashmatch.{kind}", name=name))
        if not points:
            msg = f"no {_ONE[kind]} is called {name!r}"
            raise UnknownNameError(there_is(msg, names(kind)))
        dist = points[0].dist
        package = f"package {dist.name} {dist.version}" if dist is not None else "a package"
        home = f"of {package}, entry point {points[0].value!r}"
        try:
            factory = points[0].load()
        except Exception as error:
            raise _broken(kind, name, home, f"loading it fails with {_told(error)}") from error
    if not callable(factory):
        why = f"it is {_named(factory)}, which cannot be called"
        raise _broken(kind, name, home, why)
    return factory, home


def _check_members(kind: str, name: str, home: str, made: object) -> None:
    missing = [each for each in _MEMBERS[kind] if not hasattr(made, each)]
    if missing:
        what = ", ".join(missing)
        raise _broken(kind, name, home, f"{_named(made)} has no {what}")
    if kind == "hashers" and (algorithm := made.algorithm) != name:  # type: ignore[attr-defined]
        why = f"its hashes are labelled {algorithm!r}, so that none would match"
        raise _broken(kind, name, home, why)


def _broken(kind: str, name: str, home: str, why: str) -> ExtensionError:
    msg = f"the {_ONE[kind]} {name!r} ({home}) cannot be used: {why}; repair or uninstall it"
    return ExtensionError(msg)


def _named(value: object) -> str:
    return value.__name__ if isinstance(value, type) else f"a {type(value).__name__}"


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
