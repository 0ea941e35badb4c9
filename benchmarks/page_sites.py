"""Pages that show photographs beside text and goods: articles, shops, searches, windows."""

from benchmarks.page_parts import COVER, Page, avatar, bar, cards


def article(page: Page) -> str:
    """A page of this kind."""
    wide = min(page.width - 32, 680)
    return (
        f'<div style="width:{wide}px;margin:16px auto;font-family:serif"><h1>{page.text(5, 8)}</h1>'
        f"{page.photo('width:100%;height:auto;')}<small>{page.text(5, 9)}</small>"
        f"<p>{page.text(60, 90)}</p>{page.photo('width:48%;float:right;margin:0 0 8px 12px;')}"
        f"<p>{page.text(90, 130)}</p></div>"
    )


def listing(page: Page) -> str:
    """A page of this kind."""
    return cards(page, 2 if page.is_narrow else 4, "4/3", radius=8, words=8)


def file_manager(page: Page) -> str:
    """A page of this kind."""
    columns = 3 if page.is_narrow else 7
    cells = "".join(
        '<div style="text-align:center;font-size:12px"><div style="height:128px;display:flex;'
        f'align-items:center;justify-content:center">'
        f"{page.photo('max-width:120px;max-height:120px;')}"
        f"</div>IMG_{1000 + at}.jpg</div>"
        for at in range(columns * 5)
    )
    return (
        f"{bar('Home / Pictures', '#ededed', '#333')}"
        f'<div style="display:grid;grid-template-columns:repeat({columns},1fr);gap:10px;'
        f'padding:12px;background:#fff">{cells}</div>'
    )


def image_search(page: Page) -> str:
    """A page of this kind."""
    tall = 150 if page.is_narrow else 190
    cells = "".join(
        page.photo(f"height:{tall}px;width:auto;flex-grow:1;object-fit:cover;border-radius:8px;")
        for _ in range(26)
    )
    return (
        f'<div style="padding:14px">🔍 {page.text(2, 3)}</div><div style="display:flex;'
        f'flex-wrap:wrap;gap:8px;padding:0 8px">{cells}</div>'
    )


def result_cards(page: Page) -> str:
    """A page of this kind."""
    side = 110 if page.is_narrow else 200
    rows = "".join(
        '<div class="row" style="background:#fff;border-radius:16px;overflow:hidden;margin:12px;'
        'box-shadow:0 1px 4px #aaa">'
        f"{page.photo(f'width:{side * 3 // 2}px;height:{side}px;object-fit:cover;')}"
        f"<div><h3>{page.text(2, 5)}</h3><p>{page.text(6, 12)}</p></div></div>"
        for _ in range(6)
    )
    return f'<div style="background:#eef;height:100vh">{rows}</div>'


def map_list(page: Page) -> str:
    """A page of this kind."""
    lines = "".join(
        f'<div style="position:absolute;left:0;right:0;top:{at}px;height:6px;background:#fff;'
        f'transform:rotate({at % 17 - 8}deg)"></div>'
        for at in range(0, page.height, 70)
    )
    pins = "".join(
        page.photo(
            "width:130px;height:130px;object-fit:cover;border:5px solid #fff;border-radius:10px;"
            f"position:absolute;left:{int(page.chance.integers(10, page.width - 150))}px;"
            f"top:{120 + at * 170}px;"
        )
        for at in range(4)
    )
    return (
        '<div style="position:relative;height:100vh;overflow:hidden;background:linear-gradient('
        f'120deg,#cfe6c0,#e8e4d8 40%,#a9d3e8)">{lines}{pins}</div>'
    )


def news(page: Page) -> str:
    """A page of this kind."""
    columns = 1 if page.is_narrow else 3
    return (
        f'<div style="padding:12px;font-family:serif"><h1 style="margin:0">The Daily</h1><hr>'
        f'<div style="position:relative">'
        f"{page.photo(f'width:100%;height:{page.height * 2 // 5}px;object-fit:cover;')}"
        '<h2 style="position:absolute;left:0;right:0;bottom:0;margin:0;padding:40px 16px 10px;'
        f'color:#fff;background:linear-gradient(transparent,#000c)">{page.text(5, 9)}</h2></div>'
        f'<div style="display:grid;grid-template-columns:repeat({columns},1fr);gap:16px;'
        'margin-top:16px">'
        + "".join(
            f"<div>{page.photo('width:100%;aspect-ratio:16/9;object-fit:cover;')}"
            f"<h3>{page.text(5, 9)}</h3><p>{page.text(10, 20)}</p></div>"
            for _ in range(columns)
        )
        + "</div></div>"
    )


def settings(page: Page) -> str:
    """A page of this kind."""
    rows = "".join(
        f'<div style="padding:13px;border-bottom:1px solid #ddd">{page.text(1, 3)}</div>'
        for _ in range(9)
    )
    return (
        f'<div style="background:#f2f2f7;height:100vh;padding:20px">'
        f'<div style="width:min(100%,560px);margin:0 auto"><div style="display:flex;'
        f'justify-content:center">{avatar(page, 190)}</div>'
        f'<h2 style="text-align:center">{page.text(2, 2)}</h2>'
        f'<div style="background:#fff;border-radius:12px">{rows}</div></div></div>'
    )


def slideshow(page: Page) -> str:
    """A page of this kind."""
    small = "".join(page.cut(112, 76) for _ in range(12))
    return (
        '<div style="background:#fafafa;height:100vh"><div style="display:flex;align-items:center;'
        "justify-content:center;height:calc(100vh - 110px);"
        f'background:{page.pick("#111", "#fff")}">'
        f"{page.photo('max-width:100%;max-height:100%;min-width:70%;object-fit:contain;')}</div>"
        f'<div class="row" style="padding:14px;overflow:hidden;width:100vw">{small}</div></div>'
    )


def product(page: Page) -> str:
    """A page of this kind."""
    wide = page.width - 40 if page.is_narrow else page.width // 2
    return (
        '<div style="padding:20px;background:#fff">'
        f'<div style="border:1px solid #eee;width:{wide}px;'
        f'height:{wide * 3 // 4}px">'
        f"{page.photo('width:100%;height:100%;object-fit:contain;')}</div>"
        f'<div class="row" style="margin:8px 0">'
        + "".join(page.cut(100, 100) for _ in range(3))
        + f"</div><h2>{page.text(3, 6)}</h2><h3>€ 129.00</h3><p>{page.text(20, 40)}</p></div>"
    )


def forum(page: Page) -> str:
    """A page of this kind."""
    posts = "".join(
        '<div class="row" style="border:1px solid #bbb;margin:8px;background:#eef2f5">'
        f'<div style="width:110px;padding:8px;background:#dde5ec">{page.text(1, 1)}'
        f"{page.cut(90, 90)}</div>"
        f'<div style="padding:8px;min-width:0"><p>{page.text(10, 24)}</p>'
        f"{page.photo('max-width:100%;max-height:340px;border:1px solid #333;')}</div></div>"
        for _ in range(3)
    )
    return f'<div style="background:#cfd8dc;height:100vh">{posts}</div>'


def contact_sheet(page: Page) -> str:
    """A page of this kind."""
    wide = min(page.width - 40, 700)
    cells = "".join(
        f'<div style="text-align:center;font-size:11px">'
        f"{page.photo('width:100%;height:auto;border:1px solid #000;')}{at + 1}</div>"
        for at in range(9)
    )
    return (
        f'<div style="background:#525659;height:100vh;padding:16px"><div style="background:#fff;'
        f"width:{wide}px;height:{int(wide * 1.41)}px;margin:0 auto;padding:{wide // 14}px;"
        'box-shadow:0 0 10px #000"><div style="display:grid;grid-template-columns:repeat(2,1fr);'
        f'gap:18px;overflow:hidden;height:100%;align-content:start">{cells}</div></div></div>'
    )


def desktop(page: Page) -> str:
    """A page of this kind."""
    tall = int(page.height * 0.6)
    window = (
        f'<div style="position:absolute;left:8%;top:12%;width:{int(page.width * 0.8)}px;'
        'background:#fff;box-shadow:0 12px 40px #000a;border-radius:10px;overflow:hidden">'
        f"{bar('● ● ● &nbsp; viewer', '#e8e8e8', '#444')}"
        f'<div style="height:{tall}px;background:#2a2a2a">'
        f"{page.photo('width:100%;height:100%;object-fit:contain;')}</div></div>"
    )
    return f'<div style="position:relative;height:100vh">{page.photo(COVER)}{window}</div>'
