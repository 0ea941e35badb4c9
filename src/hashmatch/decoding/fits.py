"""The header of FITS: which files hold one picture that all programs show alike."""

from typing import Final

from hashmatch.errors import Reason, UnreadableImageError

_CARD: Final = 80
_CARDS: Final = 36 * 100
_SHOWN_ALIKE: Final = {"BITPIX": 8.0, "NAXIS": 2.0, "BSCALE": 1.0, "BZERO": 0.0}


def check_kind(data: bytes) -> None:
    """Refuse measurements and cubes: nothing says how they are shown, and programs differ.

    Raises:
        UnreadableImageError: `unsupported`, for what is no grey picture of 8 bits.
    """
    told = dict(_cards(data))
    if "BITPIX" not in told or "NAXIS" not in told:
        # Whether it is damaged, its decoder says.
        return
    if any(told.get(name, value) != value for name, value in _SHOWN_ALIKE.items()):
        detail = "only FITS files with one plane of 8 bits are supported"
        raise UnreadableImageError(Reason.UNSUPPORTED, detail)


def is_top_down(data: bytes) -> bool:
    """Whether the first row is the highest, as `ROWORDER` says; by convention it is the lowest."""
    for at in range(0, min(len(data), _CARDS * _CARD), _CARD):
        card = data[at : at + _CARD]
        if card[:8] == b"END     ":
            return False
        if card[:10] == b"ROWORDER= ":
            return card[10:].partition(b"/")[0].strip(b" '").upper() == b"TOP-DOWN"
    return False


def _cards(data: bytes) -> "list[tuple[str, float]]":
    found = []
    for at in range(0, min(len(data), _CARDS * _CARD), _CARD):
        card = data[at : at + _CARD].decode("latin-1")
        name, mark, rest = card[:8].strip(), card[8:10], card[10:]
        if name == "END":
            break
        if mark == "= " and name in _SHOWN_ALIKE:
            try:
                found.append((name, float(rest.partition("/")[0].replace("D", "E"))))
            except ValueError:
                continue
    return found
