"""What --format offers: a picture, the same in a page or in pixels, or the profile for other tools."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from resq_flame import embedded, folded
from resq_flame.render import palette, root, svg
from resq_flame.render.layout import Profile, layout
from resq_flame.render.options import Options
from resq_flame.render.timeline import Timeline
from resq_flame.stage import StageError


@dataclass(frozen=True, slots=True)
class Format:
    """How a format is written; ``binary`` is kept off terminals."""

    draw: Callable[[Profile, Options], Iterator[bytes]]
    binary: bool = False


def page(profile: Profile, options: Options) -> Iterator[bytes]:
    """The SVG in a minimal HTML page, for places that take no other."""
    title = svg.xml(svg.heading(profile.meta, options))
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="{_schemes(options.theme)}">\n'
        f"<title>{title}</title>\n<style>body{{margin:0}}svg{{display:block}}</style>\n</head>\n<body>\n<main>\n"
    ).encode()
    for number, piece in enumerate(svg.draw(profile, options)):
        yield piece.partition(b"?>\n")[2] if number == 0 else piece
    yield b"</main>\n</body>\n</html>\n"


def _schemes(theme: str) -> str:
    return f"{palette.LIGHT} {palette.DARK}" if theme == palette.AUTO else theme


def document(profile: Profile, options: Options) -> Iterator[bytes]:
    """The JSON that an SVG of ours embeds (resq_flame.embedded)."""
    profile = _rooted(profile, options)
    boxes = layout(profile, reverse=options.reverse, as_given=options.no_sort)
    yield embedded.document(profile.meta, boxes.trie, reverse=options.reverse).encode() + b"\n"


def stacks(profile: Profile, options: Options) -> Iterator[bytes]:
    """The folded stream; one in the order of time keeps it."""
    profile = _rooted(profile, options)
    if not isinstance(profile, Timeline):
        yield from folded.dump(profile)
        return
    yield from folded.dump(folded.Folded(profile.meta))
    for entry, weight in profile.entries:
        yield f"{entry} {folded.text(weight)}\n".encode()


def speedscope(profile: Profile, options: Options) -> Iterator[bytes]:
    """For https://www.speedscope.app."""
    from resq_flame.render import speedscope as file

    yield from file.draw(_rooted(profile, options), options)


def pixels(profile: Profile, options: Options) -> Iterator[bytes]:
    """The static layer as a PNG."""
    from resq_flame.render import png

    try:
        yield from png.draw(_rooted(profile, options), options)
    except ModuleNotFoundError as error:
        raise StageError(f"--format png needs Pillow: pip install resq-flame[png] ({error})") from None


FORMATS = {
    "svg": Format(svg.draw),
    "html": Format(page),
    "json": Format(document),
    "folded": Format(stacks),
    "speedscope": Format(speedscope),
    "png": Format(pixels, binary=True),
}


def _rooted(profile: Profile, options: Options) -> Profile:
    return root.rooted(profile, options.base) if options.base else profile
