"""Names to implementations, loaded on demand: ours first, then those of installed packages."""

from importlib import import_module, metadata
from typing import Any, Final

from hashmatch.errors import UnknownNameError, there_is

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
    "sources": {"folder": "hashmatch.sources.folder:Folder"},
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
    },
}
"""Per kind; the entry-point group of a kind is `hashmatch.<kind>`."""

_ONE: Final = {
    "hashers": "algorithm",
    "sources": "kind of source",
    "lists": "format of hash lists",
    "exchanges": "exchange",
    "reports": "format of reports",
}

_loaded: dict[tuple[str, str], Any] = {}
_registered: dict[tuple[str, str], Any] = {}


def register(kind: str, name: str, factory: Any) -> None:  # noqa: ANN401 (any callable fits)
    """Make `factory()` available as `name` in this process, before any installed one."""
    _check(kind)
    _registered[kind, name] = factory
    _loaded.pop((kind, name), None)


def names(kind: str) -> list[str]:
    """All names of a kind: ours in their order, then registered and installed ones."""
    _check(kind)
    installed = [point.name for point in metadata.entry_points(group=f"hashmatch.{kind}")]
    here = [name for known, name in _registered if known == kind]
    return list(dict.fromkeys([*_OURS[kind], *here, *installed]))


def built_in(kind: str) -> list[str]:
    """The names of a kind that come with hashmatch, without looking for installed packages."""
    _check(kind)
    return list(_OURS[kind])


def load(kind: str, name: str) -> Any:  # noqa: ANN401 (the kind's module knows the protocol)
    """The one instance of this name, made on first use.

    Raises:
        UnknownNameError: nobody registered it; the message names what there is.
    """
    if (kind, name) not in _loaded:
        _loaded[kind, name] = find(kind, name)()
    return _loaded[kind, name]


def _check(kind: str) -> None:
    if kind not in _OURS:
        msg = f"nothing is registered as {kind!r}"
        raise UnknownNameError(there_is(msg, _OURS))


def find(kind: str, name: str) -> Any:  # noqa: ANN401 (the kind's module knows the protocol)
    """What makes an instance of this name: for sources, called with the path of the evidence.

    Raises:
        UnknownNameError: as `load`.
    """
    _check(kind)
    if (kind, name) in _registered:
        return _registered[kind, name]
    if name in _OURS[kind]:
        module, _, attribute = _OURS[kind][name].partition(":")
        return getattr(import_module(module), attribute)
    for point in metadata.entry_points(group=f"hashmatch.{kind}", name=name):
        return point.load()
    msg = f"no {_ONE[kind]} is called {name!r}"
    raise UnknownNameError(there_is(msg, names(kind)))
