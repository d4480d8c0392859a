"""The static layer in pixels, by Pillow, for places that show no SVG: light, and twice as fine as its size says."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from resq_flame.folded import Number
from resq_flame.render import palette, palette_map, svg
from resq_flame.render.change import Change
from resq_flame.render.layout import Profile, layout
from resq_flame.render.options import Options
from resq_flame.stage import StageError

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

SCALE = 2
LARGEST = 60_000
"""Pixels a side may have; PNG readers give up on more."""

_ROOT = {palette.LIGHT: "#e4e0d9", palette.DARK: "#33343b"}


def draw(profile: Profile, options: Options) -> Iterator[bytes]:
    """The file. Raises StageError for a picture of more pixels than readers take."""
    from PIL import Image, ImageDraw

    boxes = layout(profile, reverse=options.reverse, as_given=options.no_sort)
    drawn = list(svg.visible(boxes, options))
    rows = 1 + max((boxes.trie.depth[index] for index in drawn), default=0)
    picture = svg.Picture(options, boxes, options.unit(profile.meta), rows)
    theme = _theme(options)
    size = (picture.width * SCALE, picture.height * SCALE)
    if max(size) > LARGEST:
        raise StageError(
            f"expected a picture of at most {LARGEST // SCALE} pixels a side, found {picture.height} rows high"
        )
    image = Image.new("RGB", size, palette.CANVAS[theme])
    canvas = _Canvas(ImageDraw.Draw(image), picture)
    canvas.words(svg.heading(profile.meta, options), svg.TITLE_AT, 16)
    if options.subtitle:
        canvas.words(options.subtitle, svg.SUBTITLE_AT, 13)
    canvas.box(svg.ROOT, 0, 0, boxes.shown.whole, _ROOT[theme])
    colour_of = _colours(boxes.trie.names, options)
    change = Change.of(boxes, options)
    for index in drawn:
        at = boxes.trie.frame[index]
        name = boxes.trie.names[at]
        colour = colour_of[at] if change is None else _changed(change, index, theme)
        canvas.box(name, boxes.trie.depth[index], boxes.shown.start[index], boxes.shown.total[index], colour)
    out = io.BytesIO()
    image.save(out, "PNG")
    yield out.getvalue()


class _Canvas:
    """Where boxes and words are drawn, in pixels of the SVG."""

    def __init__(self, draw: ImageDraw, picture: svg.Picture) -> None:
        self._draw, self._picture = draw, picture
        self._font = _font(picture.options.fontsize)

    def box(self, name: str, depth: int, start: Number, total: Number, colour: str) -> None:
        x, width = self._picture.place(start, total)
        y, height = self._picture.y(depth), self._picture.options.height
        right = x + svg.filled(width)
        corners = [x * SCALE, y * SCALE, max(right * SCALE - 1, x * SCALE), (y + height - 1) * SCALE - 1]
        self._draw.rectangle(corners, fill=colour)
        if label := self._picture.label(name, width):
            middle = ((x + svg.PADDING) * SCALE, (y + (height - 1) / 2) * SCALE)
            self._draw.text(middle, _fitted(label, self._font, width), palette.ink_on(colour), self._font, "lm")

    def words(self, words: str, y: float, size: float) -> None:
        font = _font(size)
        at = (self._picture.width / 2 * SCALE, y * SCALE)
        ink = palette.INK[_theme(self._picture.options)]
        self._draw.text(at, _fitted(words, font, self._picture.width), ink, font, "ms")


def _font(size: float) -> FreeTypeFont | ImageFont:
    """The font that Pillow brings: the same pixels on every machine."""
    from PIL import ImageFont

    return ImageFont.load_default(size * SCALE)


def _fitted(label: str, font: FreeTypeFont | ImageFont, width: float) -> str:
    """The label, shorter where this font's letters are wider than what was reckoned with."""
    room = (width - 2 * svg.PADDING) * SCALE
    label = "".join(letter if letter.isprintable() else "\ufffd" for letter in label)
    while label and font.getlength(label) > room:
        label = f"{label.removesuffix('…')[:-1]}…" if len(label) > 1 else ""
    return label


def _colours(names: list[str], options: Options) -> list[str]:
    kept = palette_map.read(options.palette) if options.palette else {}
    found = palette.colouring(names, options.colors, by_order=options.random, kept=kept)
    ramp = [palette.shade(family, at, _theme(options)) for family in found.families for at in range(palette.SHADES)]
    every = [*ramp, *found.single]
    return [every[fill] for fill in found.fills]


def _theme(options: Options) -> str:
    return palette.LIGHT if options.theme == palette.AUTO else options.theme


def _changed(change: Change, index: int, theme: str) -> str:
    return palette.difference(palette.level(change.deltas[index], change.most), theme)
