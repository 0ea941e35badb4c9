"""Times in the names that messengers, telephones and cameras give to files.

A time in a name belongs to one copy: others of the same bytes have other names. So it is read from
the name of an item, which is on record, and is not among what a file says of itself.
"""

import re
from dataclasses import replace
from typing import Final

from hashmatch.model.moment import Moment

KIND: Final = "in-name"
"""The kind of such a time."""

_DAY = r"(?P<year>(?:19|20)\d\d)[-_]?(?P<month>\d\d)[-_]?(?P<day>\d\d)"
_CLOCK = r"(?P<hour>\d\d)[-_.:]?(?P<minute>\d\d)[-_.:]?(?P<second>\d\d)"
_PART = r"(?:[-_]?(?P<part>\d{3}))?"
_HALF = r"(?: (?P<half>[AP]M))?"

_FORMS: Final = tuple(
    (re.compile(form + r"(?!\d)", re.ASCII | re.IGNORECASE), zone)
    for form, zone in (
        # Google's camera writes UTC, which no other does.
        (rf"PXL_{_DAY}_{_CLOCK}{_PART}", "UTC"),
        # WhatsApp: the day of sending or receipt.
        (rf"(?:IMG|VID|AUD|PTT|DOC|STK)-{_DAY}-WA\d{{4,6}}", ""),
        (rf"WhatsApp (?:Image|Video|Audio) {_DAY} at {_CLOCK}{_HALF}", ""),
        (rf"(?:Screenshot|Screen_Recording|Screenrecorder|SVID)[-_]{_DAY}[-_]{_CLOCK}{_PART}", ""),
        (rf"signal-{_DAY}-{_CLOCK}{_PART}", ""),
        # Telegram.
        (rf"(?:photo|video|audio|document)_{_DAY}_{_CLOCK}", ""),
        (rf"(?:IMG|VID|MVIMG|PANO|BURST|DSC)_{_DAY}_{_CLOCK}{_PART}", ""),
        (rf"{_DAY}_{_CLOCK}{_PART}", ""),
        # Facebook and WeChat: milliseconds since 1970.
        (r"(?:FB_IMG_|FB_VID_|mmexport)(?P<count>1\d{12})", "UTC"),
    )
)
_NOON: Final = 12


def time_in_name(name: str) -> Moment | None:
    """The time that the name of a file tells; None where it has none of the known forms.

    Args:
        name: of a file, or a path or locator that ends with it.
    """
    name = re.split(r"[/\\!:]", name)[-1]
    for form, zone in _FORMS:
        if (found := form.match(name)) is not None:
            try:
                moment = Moment.of(_words(found), kind=KIND, zone=zone)
            except ValueError:
                return None
            return replace(moment, stated=found[0])
    return None


def _words(found: re.Match[str]) -> str:
    """What a name tells, as other sources write times."""
    told = found.groupdict()
    if count := told.get("count"):
        return count
    day = f"{told['year']}-{told['month']}-{told['day']}"
    if told.get("hour") is None:
        return day
    hour = int(told["hour"])
    if told.get("half"):
        hour = hour % _NOON + _NOON * (told["half"].upper() == "PM")
    part = f".{told['part']}" if told.get("part") else ""
    return f"{day} {hour:02}:{told['minute']}:{told['second']}{part}"
