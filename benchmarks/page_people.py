"""Pages on which people show each other photographs: chats, feeds, galleries, calls."""

from benchmarks.page_parts import COVER, Page, avatar, bar, grid


def _chat(page: Page, ground: str, own: str, other: str, ink: str) -> str:
    wide = min(int(page.width * 0.66), 420)
    found = [bar(page.text(2, 3), page.pick("#075e54", "#1f2c34", "#517da2"))]
    for at in range(8):
        side = "flex-end" if at % 3 else "flex-start"
        radius = page.pick("6px", "12px", "18px 18px 4px 18px")
        css = f"width:{wide}px;height:auto;border-radius:{radius};"
        if page.chance.random() < 0.4:
            css += f"max-height:{wide}px;object-fit:cover;"
        inner = page.photo(css) if at % 2 == 0 else ""
        words = f'<p style="max-width:{wide}px">{page.text(3, 14)} <small>14:0{at}</small></p>'
        colour = own if at % 3 else other
        found.append(
            f'<div style="display:flex;justify-content:{side};margin:6px 12px">'
            f'<div style="background:{colour};color:{ink};padding:4px;border-radius:12px">'
            f"{inner}{words}</div></div>"
        )
    return f'<div style="background:{ground};height:100vh">{"".join(found)}</div>'


def chat_light(page: Page) -> str:
    """A page of this kind."""
    return _chat(page, page.pick("#efeae2", "#fff", "#d5e3d0"), "#d9fdd3", "#fff", "#111")


def chat_dark(page: Page) -> str:
    """A page of this kind."""
    return _chat(page, page.pick("#0b141a", "#000", "#17212b"), "#005c4b", "#202c33", "#e9edef")


def gallery(page: Page) -> str:
    """A page of this kind."""
    columns = 3 if page.is_narrow else 5
    return bar("Library", "#fff", "#111") + grid(page, columns, int(page.chance.integers(2, 5)))


def feed(page: Page) -> str:
    """A page of this kind."""
    wide = min(page.width, 470)
    posts = []
    for _ in range(3):
        fit = page.pick("height:auto;", f"aspect-ratio:4/5;{COVER}height:auto;")
        posts.append(
            f'<div style="padding:10px" class="row">{avatar(page, 34)}<b>{page.text(1, 2)}</b>'
            f"</div>{page.photo(f'width:{wide}px;{fit}')}"
            f'<p style="padding:4px 10px">♡ 💬 ↗ <br><b>1,204 likes</b><br>{page.text(6, 18)}</p>'
        )
    return f'<div style="width:{wide}px;margin:0 auto">{"".join(posts)}</div>'


def phone_frame(page: Page) -> str:
    """A page of this kind."""
    tall = int(page.height * 0.84)
    wide = min(int(tall * 0.47), int(page.width * 0.8))
    ground = page.pick("#dfe6ee", "linear-gradient(135deg,#f6d365,#fda085)", "#222")
    inner = page.pick(COVER, "width:100%;height:100%;object-fit:contain;")
    return (
        f'<div style="background:{ground};height:100vh;display:flex;align-items:center;'
        f'justify-content:center"><div style="width:{wide}px;height:{tall}px;background:#000;'
        f'border:10px solid #111;border-radius:36px;overflow:hidden">'
        f"{page.photo(inner)}</div></div>"
    )


def lightbox(page: Page) -> str:
    """A page of this kind."""
    behind = grid(page, 3 if page.is_narrow else 5, 6)
    return (
        f'{behind}<div style="position:fixed;inset:0;background:rgba(0,0,0,.82);display:flex;'
        'align-items:center;justify-content:center">'
        f"{page.photo('max-width:88%;max-height:82vh;min-width:60%;')}"
        '<b style="position:absolute;right:20px;top:14px;color:#fff">✕</b></div>'
    )


def stickers(page: Page) -> str:
    """A page of this kind."""
    side = int(page.width * (0.42 if page.is_narrow else 0.26))
    cells = "".join(
        page.photo(
            f"width:{side}px;height:auto;{page.angle(12)}"
            f"{page.pick('border-radius:14px;', 'border:8px solid #fff;', '')}",
            box="padding:26px 12px",
        )
        for _ in range(8)
    )
    ground = page.pick("#fdf3d8", "#2b2d42", "#ffffff")
    return (
        f'<div style="background:{ground};height:100vh;display:flex;flex-wrap:wrap;'
        f'align-content:flex-start;justify-content:space-evenly">{cells}</div>'
    )


def story(page: Page) -> str:
    """A page of this kind."""
    wide = page.width if page.is_narrow else int(page.height * 0.56)
    ground = page.pick("linear-gradient(#833ab4,#fd1d1d)", "linear-gradient(#141e30,#243b55)")
    photo = page.photo(
        f"width:{int(wide * 0.84)}px;height:auto;border-radius:16px;{page.pick('', page.angle(6))}"
    )
    return (
        f'<div style="background:#111;height:100vh"><div style="background:{ground};height:100vh;'
        f"width:{wide}px;margin:auto;display:flex;flex-direction:column;align-items:center;"
        f'justify-content:center;color:#fff"><p>{page.text(2, 5)}</p>{photo}'
        f'<p style="font-size:24px">{page.text(2, 4)} 😀</p></div></div>'
    )


def player(page: Page) -> str:
    """A page of this kind."""
    wide = page.width if page.is_narrow else int(page.width * 0.66)
    beside = "".join(
        f'<div class="row" style="margin:8px">{page.cut(168, 94, "border-radius:8px;")}'
        f"<div>{page.text(4, 8)}</div></div>"
        for _ in range(6)
    )
    return (
        f'<div style="background:#000;width:{wide}px;height:{wide * 9 // 16}px;position:relative">'
        f"{page.photo('width:100%;height:100%;object-fit:contain;')}"
        '<div style="position:absolute;left:0;right:0;bottom:0;height:34px;color:#fff;'
        'background:linear-gradient(transparent,rgba(0,0,0,.7));padding:8px">▶ 0:41 / 3:12</div>'
        f'<div style="position:absolute;left:0;bottom:34px;height:4px;width:31%;background:#f00">'
        f"</div></div><h3>{page.text(4, 8)}</h3>{beside}"
    )


def email(page: Page) -> str:
    """A page of this kind."""
    wide = min(page.width - 40, 640)
    return (
        f"{bar('Inbox (3)', '#eceff1', '#333')}"
        f'<div style="padding:14px 20px"><h2>{page.text(3, 6)}</h2>'
        f"<small>to me</small><p>{page.text(20, 40)}</p>"
        f"{page.photo(f'width:{wide}px;height:auto;')}<p>{page.text(8, 20)}</p><hr>"
        f'<div class="row">'
        + "".join(
            f'<div style="border:1px solid #ccc;width:180px">{page.cut(178, 110)}'
            f"<small>IMG_{at}.jpg</small></div>"
            for at in range(3)
        )
        + "</div></div>"
    )


def profile(page: Page) -> str:
    """A page of this kind."""
    wide = min(page.width, 935)
    css = f"width:100%;height:{int(wide * 0.32)}px;object-fit:cover;"
    return (
        f'<div style="width:{wide}px;margin:0 auto">{page.photo(css)}<div style="margin-top:-60px;'
        f'padding-left:20px">{page.cut(130, 130, "border-radius:50%;border:4px solid #fff;")}'
        f"</div><h2>{page.text(2, 2)}</h2><p>{page.text(6, 12)}</p>{grid(page, 3, 3)}</div>"
    )


def masonry(page: Page) -> str:
    """A page of this kind."""
    columns = 2 if page.is_narrow else 4
    cells = "".join(
        page.photo("width:100%;height:auto;border-radius:16px;margin-bottom:12px;")
        for _ in range(columns * 6)
    )
    return f'<div style="columns:{columns};column-gap:12px;padding:12px">{cells}</div>'


def collage(page: Page) -> str:
    """A page of this kind."""
    gap = int(page.chance.integers(0, 9))
    side = min(page.width, page.height - 60)
    areas = page.pick('"a a b" "a a c" "d e e"', '"a b" "a c"', '"a a" "b c"', '"a b c" "d d c"')
    names = sorted(set(areas) & set("abcde"))
    cells = "".join(
        page.photo(f"{COVER}", box=f"grid-area:{each};min-width:0;min-height:0;overflow:hidden")
        for each in names
    )
    return (
        f'<div style="width:{side}px;height:{side}px;margin:20px auto;display:grid;gap:{gap}px;'
        f"grid-auto-rows:1fr;grid-auto-columns:1fr;background:{page.pick('#fff', '#000')};"
        f'grid-template-areas:{areas.replace(chr(34), chr(39))}">{cells}</div>'
    )


def video_call(page: Page) -> str:
    """A page of this kind."""
    columns = 1 if page.is_narrow else 2
    cells = "".join(
        f'<div style="position:relative;border-radius:12px;overflow:hidden;min-height:0">'
        f"{page.photo(COVER)}"
        f'<b style="position:absolute;left:10px;bottom:8px;color:#fff;background:#0008">'
        f"{page.text(1, 2)}</b></div>"
        for _ in range(columns * 2)
    )
    return (
        '<div style="background:#202124;height:100vh;padding:12px 12px 70px;display:grid;gap:8px;'
        f'grid-auto-rows:1fr;grid-template-columns:repeat({columns},1fr)">{cells}</div>'
    )


def comments(page: Page) -> str:
    """A page of this kind."""
    wide = min(page.width - 90, 460)
    rows = "".join(
        f'<div class="row" style="margin:10px">{avatar(page, 44)}<div><b>{page.text(1, 2)}</b> '
        f"{page.text(8, 22)}"
        f"{page.photo(f'width:{wide}px;height:auto;border-radius:10px;') if at % 2 else ''}"
        "</div></div>"
        for at in range(6)
    )
    return f'<div style="background:#fff">{rows}</div>'
