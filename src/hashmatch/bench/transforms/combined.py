"""Several alterations one after the other, as a picture meets them on its way."""

from hashmatch.bench.transforms.base import Apply, Group, chained
from hashmatch.bench.transforms.camera import photographed
from hashmatch.bench.transforms.frames import border, caption, overlay
from hashmatch.bench.transforms.pages import collage, screenshot
from hashmatch.bench.transforms.shapes import crop, dihedral, resize, rotate
from hashmatch.bench.transforms.tones import blur, colour, compression, noise


def combined() -> Group:
    """Chains of two to four."""
    sizes, parts, turned, mirrored = resize(), crop(), rotate(), dihedral()
    framed, told, covered = border(), caption(), overlay()
    among, shown, taken = collage(), screenshot(), photographed()
    toned, packed, grained, soft = colour(), compression(), noise(), blur()
    chains: dict[str, tuple[Apply, ...]] = {
        "smaller-and-packed": (sizes["half"], packed["jpeg-30"]),
        "cropped-and-packed": (parts["keep-90"], packed["jpeg-30"]),
        "cropped-and-mirrored": (parts["keep-95"], mirrored["flip-left-right"]),
        "cropped-and-warm": (parts["keep-85"], toned["warm"], packed["jpeg-50"]),
        "captioned-and-mirrored": (told["bar-top"], mirrored["flip-left-right"]),
        "meme-passed-on": (
            told["outlined"], sizes["side-512"], covered["mark-corner"], packed["jpeg-50"],
        ),
        "marked-and-framed": (covered["mark-corner"], framed["white-5"], packed["jpeg-50"]),
        "framed-twice": (framed["black-10"], framed["white-5"]),
        "turned-and-marked": (turned["trimmed-3"], covered["marks-tiled"]),
        "collage-packed": (among["four"], sizes["side-512"], packed["jpeg-50"]),
        "mirrored-in-collage": (mirrored["flip-left-right"], among["large-and-small"]),
        "screenshot-cropped": (shown["chat-light"], parts["bottom-30"], packed["jpeg-50"]),
        "screenshot-photographed": (shown["viewer"], taken["screen"]),
        "captioned-photographed": (told["bar-top"], taken["screen"]),
        "photo-in-chat": (taken["print"], shown["chat-dark"]),
        "grey-and-grainy": (toned["grey"], grained["grain-20"], packed["jpeg-30"]),
        "soft-and-small": (soft["gaussian-2"], sizes["side-256"], packed["jpeg-30"]),
        "story-framed": (parts["keep-95"], framed["story"], covered["emoji"]),
    }  # fmt: skip
    return {name: chained(*steps) for name, steps in chains.items()}
