"""Pages that show photographs: HTML of 28 kinds, as people see them on telephones and desks.

Every page is drawn from a generator; photos are shown whole, cut to fit, tilted, rounded, beside
and over each other.
"""

from collections.abc import Callable
from typing import Final

from benchmarks import page_people, page_sites
from benchmarks.page_parts import BASE, Page

KINDS: Final[dict[str, Callable[[Page], str]]] = {
    "chat, light": page_people.chat_light,
    "chat, dark": page_people.chat_dark,
    "gallery": page_people.gallery,
    "feed": page_people.feed,
    "article": page_sites.article,
    "phone frame": page_people.phone_frame,
    "lightbox": page_people.lightbox,
    "stickers": page_people.stickers,
    "story": page_people.story,
    "player": page_people.player,
    "listing": page_sites.listing,
    "e-mail": page_people.email,
    "file manager": page_sites.file_manager,
    "image search": page_sites.image_search,
    "profile": page_people.profile,
    "result cards": page_sites.result_cards,
    "masonry": page_people.masonry,
    "collage": page_people.collage,
    "video call": page_people.video_call,
    "map": page_sites.map_list,
    "news": page_sites.news,
    "settings": page_sites.settings,
    "comments": page_people.comments,
    "slideshow": page_sites.slideshow,
    "product": page_sites.product,
    "forum": page_sites.forum,
    "print preview": page_sites.contact_sheet,
    "desktop": page_sites.desktop,
}


def html(kind: str, page: Page) -> str:
    """The page of a kind."""
    body = KINDS[kind](page)
    head = f'<meta charset="utf-8"><title>{kind}</title><style>{BASE}</style>'
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
