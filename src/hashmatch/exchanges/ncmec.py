"""NCMEC hash sharing, version 2: XML, ranges of time, pages in no order."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from hashmatch.errors import ExchangeError, HashFormatError
from hashmatch.exchanges.base import Checkpoint, Page, page_checkpoint, resume_token
from hashmatch.exchanges.http import SafeSession, basic, checked_url, paginate
from hashmatch.exchanges.records import Fingerprints
from hashmatch.exchanges.settings import Settings
from hashmatch.hashlists.base import Quarantined, Row, Withdrawn
from hashmatch.model import Json

SCHEME = "NCMEC"
DATABASES = (
    "https://report.cybertip.org/hashsharing",
    "https://report.cybertip.org/exploitative-hashsharing",
    "https://lesp.ncmec.org/csam-hashsharing",
    "https://hashsharing.ncmec.org/npo",
    "https://hashsharing.ncmec.org/exploitative",
    "https://hashsharing.ncmec.org/generative-ai-csam",
    "https://hashsharing.ncmec.org/generative-ai-exploitative",
    "https://exttest.cybertip.org/hashsharing",
    "https://exttest.cybertip.org/exploitative-hashsharing",
    "https://betalesp.ncmec.org/csam-hashsharing",
    "https://hashsharing-test.ncmec.org/npo",
    "https://hashsharing-test.ncmec.org/exploitative",
    "https://hashsharing-test.ncmec.org/generative-ai-csam",
    "https://hashsharing-test.ncmec.org/generative-ai-exploitative",
)
"""Which one an account may read depends on who has it; the second half is for trials."""
SETTLED = 60
"""Seconds before now at which a range ends: what is being written meanwhile comes next time."""

_VERSION = "v2"
_DEEPEST = 50
"""Elements in elements of one record that are kept; NCMEC's own feedback takes five."""

_OVERLAP = 1
"""Seconds that ranges share: nothing says whether their ends belong to them."""

_KNOWN = ("member", "id", "timestamp", "classification", "fingerprints")


class Ncmec:
    """The hashes of one of NCMEC's databases.

    Large fingerprints (TMK+PDQF, Videntifier), which NCMEC links to, are not downloaded: hundreds
    of kB each, and nothing here compares them; the link is kept.
    """

    title = "NCMEC hash sharing"
    needs = ("user", "password", "url")
    stale_after = None

    def __init__(self, settings: Settings, *, stop: Callable[[], bool] = lambda: False) -> None:
        """Use an account.

        Raises:
            ExchangeError: something is missing from the settings, or the extra is not installed.
        """
        known = "\n  ".join(DATABASES)
        url = checked_url(settings.needed("url", f"one of NCMEC's databases:\n  {known}"))
        self.origin = url
        account = basic(settings.needed("user"), settings.needed("password"))
        self._session = SafeSession(self.title, url, account, stop=stop)

    def start(self, since: float) -> Checkpoint:
        """The checkpoint before all news since a time."""
        return {"since": int(since)}

    def pages(self, checkpoint: Checkpoint) -> Iterator[Page]:
        """All news since a checkpoint: ranges of time, each read to its end before it counts.

        While a range is read, its start and end stay the same, and its pages are in no order.
        """
        self._session.get_xml(f"{self.origin}/{_VERSION}/status")  # tells the server's time
        target, number = int(self._session.server_time) - SETTLED, 0
        since = int(str(checkpoint["since"]))
        until, kept = int(str(checkpoint.get("until") or target)), resume_token(checkpoint)
        while since < until:
            for root, following in paginate(self._range(since, until), kept):
                rows: list[Row] = []
                for element in (each for kind in ("images", "videos") for each in _in(root, kind)):
                    number += 1
                    rows += rows_of(element, number)
                end = {"since": until}
                yield Page(rows, page_checkpoint(following, end, since=since, until=until))
            since, until, kept = until, target, ""

    def _range(self, since: int, until: int) -> Callable[[str], tuple[Element, str]]:
        times = {"from": _date(max(0, since - _OVERLAP)), "to": _date(until)}

        def get(page: str) -> tuple[Element, str]:
            if page:
                root = self._session.get_xml(self.origin + page)
            else:
                root = self._session.get_xml(f"{self.origin}/{_VERSION}/entries", times)
            following = _text(root, "paging/next")
            if root.tag != "queryResult" or following[:1] not in ("", "/"):
                msg = f"{self.title} gave an answer that is no list of entries"
                raise ExchangeError(msg)
            return root, following

        return get


def rows_of(element: Element, number: int) -> Iterator[Row]:
    """What one record says: `image`, `video`, `deletedImage` or `deletedVideo`, no namespace."""
    kind = element.tag.lower()
    try:
        entry = _id(element)
    except HashFormatError as error:
        yield Quarantined(number, str(error))
        return
    if kind in ("deletedimage", "deletedvideo"):
        yield Withdrawn(entry, number)
        return
    if kind not in ("image", "video"):
        yield Quarantined(number, "the record is neither of an image nor of a video")
        return
    found, links = Fingerprints(), dict[str, Json]()
    for value in _in(element, "fingerprints"):
        if "href" in value.attrib:
            links[value.tag] = _plain(value)
        elif value.text and value.text.strip():
            found.add(value.tag, value.text)
    details: dict[str, Json] = {
        "type": kind,
        "member": _text(element, "member"),
        "timestamp": _text(element, "timestamp"),
        "links": links,
    }
    others = [each for each in element if each.tag not in _KNOWN and _says(each)]
    for name in dict.fromkeys(each.tag for each in others):
        details[name] = [_plain(each) for each in others if each.tag == name]
    yield from found.rows(
        number,
        entry=entry,
        scheme=SCHEME,
        category=_text(element, "classification"),
        details={name: value for name, value in details.items() if value},
    )


def _id(element: Element) -> str:
    """NCMEC's ids are unique for a member only."""
    member, entry = element.find("member"), _text(element, "id")
    if member is None or not member.get("id", "").strip() or not entry:
        msg = "the record does not say which entry it is about"
        raise HashFormatError(msg)
    return f"{member.get('id', '').strip()}/{entry}"


def _in(element: Element, name: str) -> list[Element]:
    return [each for parent in element.findall(name) for each in parent]


def _text(element: Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _says(element: Element) -> bool:
    return bool(element.attrib or len(element) or (element.text and element.text.strip()))


def _plain(element: Element, depth: int = 0) -> Json:
    """Any element as JSON: a text, or an object of attributes, text and children by name."""
    if depth == _DEEPEST:
        return "left out: nested too deeply"
    text = (element.text or "").strip()
    if not element.attrib and not len(element):
        return text
    value: dict[str, Json] = {**element.attrib, **({"text": text} if text else {})}
    children: dict[str, list[Json]] = {}
    for child in element:
        children.setdefault(child.tag, []).append(_plain(child, depth + 1))
    return {**value, **{name: v[0] if len(v) == 1 else v for name, v in children.items()}}


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
