"""The words of the page, explained at its end."""

from typing import Final

from hashmatch.markup import Markup, joined, tag

TERMS: Final = {
    "Exhibit, case": (
        "An exhibit is a piece of evidence, or a report or provider's return, under the "
        "laboratory's own label. A case is one investigation, by the laboratory's own number."
    ),
    "Link": (
        "Something that more than one exhibit has: an entry of a hash list, pictures that look "
        "alike, an account, device or number, or a camera. A hint of what to look at."
    ),
    "In N of M exhibits": (
        "How rare a link is. What is in two of many exhibits says more than what is in most of "
        "them, as wallpapers, stickers and files of apps are."
    ),
    "Hash list, entry": (
        "A list of known files that a publisher hands out, as numbers computed from them. An "
        "entry is one known file on it."
    ),
    "Pictures or videos that look alike (cluster)": (
        "Pictures and videos near to one of them, the medoid: their hashes differ in 22 of 256 "
        "bits at most, or their bytes are equal. It is no series of a publisher."
    ),
    "Weak": (
        "Says little by itself: a lens that may be lent, an address of a household, a serial "
        "number without its maker."
    ),
    "Verdict": (
        "What a person put on record about a link: the same, not the same, or explained. Links "
        "that are not the same, or explained, are left out."
    ),
    "Holder, uploader, recipient": (
        "The part that somebody had, as the source says: a holder's device or account has it, an "
        "uploader sent it, a recipient got it, asked for or not. Victims and reporters are left "
        "out unless the page says that they are shown."
    ),
    "Kind of time": (
        "Where a time comes from. File systems write the time of copying or of the last change; "
        "services write when something was uploaded; programs write times into names and files. "
        "Times of different kinds are never merged, and each clock can be wrong."
    ),
    "Interval": (
        "The time lies somewhere in it. A time without a zone may be of any place on Earth, so "
        "that its interval is 26 hours wide."
    ),
    "Copy, lineage": (
        "Certain bytes, wherever they lie. A lineage says which copy was likely made from which, "
        "by size, how the file was written, hashes and times: a hypothesis."
    ),
    "Confidence": (
        "How often such an answer was right among made-up pictures whose copies are known."
    ),
    "Cannot be told": (
        "Intervals meet, a time is missing, or copies do not differ enough: then the record does "
        "not say which came first."
    ),
    "sightings 12, events 7": (
        "Numbers of rows of the database that prove what is said. hashmatch show and "
        "hashmatch audit verify lead to them."
    ),
    "Handling mark": (
        "How far something may be passed on, by TLP 2.0 or in the laboratory's own words. The page "
        "bears the strictest mark of what is on it."
    ),
    "Ask …": (
        "The case has it and shows no more than that. Whom to ask is told where it is on record."
    ),
    "Not searched": (
        "What could not be read, or was not compared. That something is not on this page means no "
        "more than what was searched."
    ),
}


def glossary() -> Markup:
    """Every word with its meaning."""
    pairs = (joined(tag("dt", term), tag("dd", meaning)) for term, meaning in TERMS.items())
    return tag("dl", *pairs, class_="facts glossary")
