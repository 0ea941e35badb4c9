"""Identifiers of devices, accounts and persons, in the one form in which two of them are compared.

An identifier is a node of links: the phone with this IMEI, the account of this number at this
service. What is equal here may be joined; so what identifies nobody (a screen name, an address
shared by a provider's customers) says so as its grade, and nothing is joined on it alone.
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from hashmatch.errors import Choice
from hashmatch.model.plain import PlainValue, Shape

MOST: Final = 1024
"""Characters of an identifier."""


class IdentifierKind(Choice):
    """What an identifier is."""

    ACCOUNT = "account"
    """Number or name by which a service knows an account; unique within the service alone."""
    SCREEN_NAME = "screen-name"
    """A name that is shown; anybody may choose the same."""
    EMAIL = "email"
    PHONE = "phone"
    IMEI = "imei"
    IMSI = "imsi"
    ICCID = "iccid"
    SERIAL = "serial"
    """Serial number of a device, of the maker named as the service."""
    MAC = "mac"
    DEVICE = "device"
    """Number by which a service knows a device."""
    IP = "ip"


class Grade(Choice):
    """How much two equal identifiers say."""

    STRONG = "strong"
    """One device, account or subscriber, unless somebody copied or forged it."""
    WEAK = "weak"
    """A household, or something that is shared or given away again."""
    NONE = "identifies nobody"


@dataclass(frozen=True, slots=True)
class Identifier(PlainValue):
    """An identifier in its normal form.

    Attributes:
        kind: what it is.
        value: in the normal form of its kind.
        service: that gave it, in lower case; empty where it needs none. An account or a device
            number without one is unique nowhere.
    """

    json_shape: ClassVar = Shape(null=("service",))

    kind: IdentifierKind
    value: str
    service: str = ""

    @classmethod
    def of(cls, kind: IdentifierKind | str, value: str, service: str = "") -> Self:
        """The identifier that words state.

        Args:
            kind: what it is.
            value: as the source writes it.
            service: that gave it; of a serial number the maker.

        Raises:
            ValueError: they state none of this kind.
        """
        kind = IdentifierKind(kind)
        words = value.strip()
        if not words or len(words) > MOST or not words.isprintable():
            msg = f"{_shown(words)} is no {kind.value}: 1 to {MOST:,} printable characters"
            raise ValueError(msg)
        named = service.strip().casefold() if kind in _OF_SERVICE else ""
        return cls(kind, _NORMAL.get(kind, str)(words), named)

    @property
    def grade(self) -> Grade:
        """How much it says that two sources have this identifier."""
        if self.kind is IdentifierKind.SCREEN_NAME:
            return Grade.NONE
        if self.kind is IdentifierKind.IP:
            # Providers share an IPv4 address among thousands of customers: see `Event.address`.
            public = ipaddress.ip_interface(self.value).is_global
            return Grade.WEAK if ":" in self.value and public else Grade.NONE
        if self.kind is IdentifierKind.PHONE:
            return Grade.STRONG if self.value.startswith("+") else Grade.WEAK
        if self.kind is IdentifierKind.MAC:
            # The second bit of the first byte marks addresses that the device made up.
            return Grade.WEAK if int(self.value[:2], 16) & 2 else Grade.STRONG
        if self.kind in _OF_SERVICE and not self.service:
            return Grade.WEAK if self.kind is IdentifierKind.SERIAL else Grade.NONE
        return Grade.STRONG

    @property
    def household(self) -> "Identifier | None":
        """The /64 network of an IPv6 address, as `2001:db8::/64`; None of anything else."""
        if self.kind is not IdentifierKind.IP or ":" not in self.value:
            return None
        address = ipaddress.ip_interface(self.value).ip
        network = ipaddress.ip_network((address, 64), strict=False)
        return Identifier(IdentifierKind.IP, str(network))

    def __str__(self) -> str:
        return f"{self.kind.value}:{f'{self.service}/' if self.service else ''}{self.value}"


_OF_SERVICE: Final = frozenset(
    {
        *(IdentifierKind.ACCOUNT, IdentifierKind.SCREEN_NAME),
        *(IdentifierKind.DEVICE, IdentifierKind.SERIAL),
    }
)


def _shown(words: str) -> str:
    return ascii(words[:60])


def _digits(kind: str, least: int, most: int, words: str) -> str:
    digits = re.sub(r"[\s./-]", "", words)
    if not re.fullmatch(rf"[0-9]{{{least},{most}}}", digits):
        msg = f"{_shown(words)} is no {kind}: it has {least} to {most} digits"
        raise ValueError(msg)
    return digits


def _imei(words: str) -> str:
    """The first 14 digits: the last ones are a check digit or the version of the software."""
    digits = _digits("IMEI", 14, 16, words)
    if len(digits) == 15 and _luhn(digits):  # noqa: PLR2004 (digits of an IMEI)
        msg = f"{_shown(words)} is no IMEI: its check digit is wrong"
        raise ValueError(msg)
    return digits[:14]


def _iccid(words: str) -> str:
    digits = re.sub(r"[\s-]", "", words).rstrip("Ff")
    if not re.fullmatch(r"89[0-9]{16,18}", digits):
        msg = f"{_shown(words)} is no ICCID: it begins with 89 and has 18 to 20 digits"
        raise ValueError(msg)
    # The last of 20 or 19 digits is a check digit that some systems leave out.
    return digits


def _luhn(digits: str) -> int:
    """The remainder of the sum of ISO/IEC 7812-1, annex B: 0 where the check digit is right."""
    doubled = [int(each) * (2 if place % 2 else 1) for place, each in enumerate(reversed(digits))]
    return sum(each // 10 + each % 10 for each in doubled) % 10


def _phone(words: str) -> str:
    digits = re.sub(r"\(0\)|[\s().\-/]", "", words)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if not re.fullmatch(r"\+?[0-9]{3,15}", digits):
        msg = f"{_shown(words)} is no phone number: 3 to 15 digits, with + before a country code"
        raise ValueError(msg)
    return digits


def _email(words: str) -> str:
    name, at, domain = words.rpartition("@")
    if not (name and at and domain) or any(map(str.isspace, words)):
        msg = f"{_shown(words)} is no e-mail address"
        raise ValueError(msg)
    # Servers may tell capitals in a name apart; none that is in use does.
    return f"{name}@{domain}".casefold()


def _mac(words: str) -> str:
    digits = re.sub(r"[:.\-\s]", "", words).lower()
    if not re.fullmatch(r"[0-9a-f]{12}", digits):
        msg = f"{_shown(words)} is no MAC address: it has 12 hexadecimal digits"
        raise ValueError(msg)
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def _address(words: str) -> str:
    try:
        found = ipaddress.ip_address(words.strip("[]").partition("%")[0])
    except ValueError:
        msg = f"{_shown(words)} is no IP address"
        raise ValueError(msg) from None
    inner = getattr(found, "ipv4_mapped", None)
    return str(inner or found)


_NORMAL: Final = {
    IdentifierKind.EMAIL: _email,
    IdentifierKind.PHONE: _phone,
    IdentifierKind.IMEI: _imei,
    IdentifierKind.IMSI: lambda words: _digits("IMSI", 14, 15, words),
    IdentifierKind.ICCID: _iccid,
    IdentifierKind.SERIAL: lambda words: words.upper(),
    IdentifierKind.MAC: _mac,
    IdentifierKind.IP: _address,
    # A service may tell capitals apart in a number or a name: they stay as they are.
}
