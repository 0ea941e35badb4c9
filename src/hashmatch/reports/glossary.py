"""The words of a report, explained at its end."""

from typing import Final

from hashmatch.markup import Markup, joined, tag

TERMS: Final = {
    "Hash list, entry": (
        "A list of known files that a publisher hands out, as Project VIC or NCMEC. An entry "
        "is one known file on it. The list holds numbers computed from the files, not the "
        "files."
    ),
    "Category": (
        "The class that the publisher of the list gave an entry, in the publisher's own words."
    ),
    "Exhibit, item": (
        "An exhibit is a piece of evidence, under the lab's own label. An item is one file in it."
    ),
    "Digest (MD5, SHA-1, SHA-256)": (
        "A number computed from all bytes of a file. Files with the same SHA-256 are the "
        "same, byte for byte."
    ),
    "Perceptual hash (PDQ and others)": (
        "Bits computed from what a picture looks like. Pictures that look alike have hashes "
        "that differ in few bits. PDQ has 256 bits."
    ),
    "Distance": (
        "The number of bits in which two perceptual hashes differ: 0 means the same hash. Two"
        " unrelated pictures differ in about half of all bits."
    ),
    "Threshold (“allowed”)": ("The largest distance that still counts as a match."),
    "Quality": (
        "How much structure a picture has, from 0 to 100. Hashes of pictures with little "
        "structure, as a plain wall, match by chance, and are left out below a minimum."
    ),
    "Match, exact": (
        "Every digest that the list has is equal. With SHA-256 the file is, byte for byte, the "
        "one on the list. Different files with the same MD5 or SHA-1 can be made on purpose: "
        "where the list has only these, the report names them."
    ),
    "Match, perceptual": (
        "The distance of the hashes is within the threshold: the pictures look alike."
    ),
    "Match of a part": (
        "A part of the picture looks like the known one, as in a screenshot, a collage or a "
        "frame; the outline says where it lies. “Taken for rows and columns” means: if the part "
        "is cut from a larger picture in this way, that picture looks like the known one. “Patches "
        "agree” means: so many small squares look like squares of the known picture, and lie as "
        "in it, turned, scaled and moved as one; the outline is that of the whole known picture."
    ),
    "Match, video": (
        "Several frames match one after the other. A segment says from when to when; strong "
        "means several different pictures in the right order, probable means fewer, still "
        "means one picture that does not move."
    ),
    "Probable match": (
        "Beyond the threshold, but within a wider one; or only a part of the picture could be"
        " decoded. A lead, to be weighed separately."
    ),
    "Known good": (
        "A list says that the file is harmless. It is labelled, and no match is reported."
    ),
    "Suppressed": (
        "The file looks like an entry, but its bytes are known to be harmless, by SHA-256, "
        "or by MD5 and SHA-1 together."
    ),
    "Collision": (
        "One digest of the file is that of an entry, and another is not: it is another file. "
        "Somebody made the two share a digest, or the list is wrong."
    ),
    "Finding, copies": (
        "One file that matched one entry. Further files with the same bytes are its copies, "
        "and are listed under it."
    ),
    "Orientation, negative": (
        "A picture is also searched turned, mirrored and with its tones inverted; the report "
        "says which of these matched."
    ),
    "Unreadable": (
        "The file should have given a hash and could not be read or decoded; the reason is "
        "given. It was not searched by hash; its digests were, where its bytes could be read."
    ),
    "Decoded in part": (
        "Only a part of a damaged or cut file could be decoded; the hash is of that part."
    ),
    "Container": (
        "A file that holds other files, as an archive, a mailbox or a disk image. Each file in "
        "it is an item of its own. A container that was not opened is named: what it holds was "
        "not searched."
    ),
    "Audit chain, head": (
        "Every change of the record is a row that carries the digest of the row before it. "
        "The head is the digest of the last row. If a row is altered later, the digests no "
        "longer agree."
    ),
}


def glossary() -> Markup:
    """Every term with its meaning."""
    pairs = (joined(tag("dt", term), tag("dd", meaning)) for term, meaning in TERMS.items())
    return tag("dl", *pairs, class_="facts glossary")
