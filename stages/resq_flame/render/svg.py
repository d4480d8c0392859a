"""A profile as SVG text, in two layers.

The first is plain SVG, for every viewer: a group with a title, a box and a label for each frame wide enough to see.
The second is the whole profile (``embedded``), from which the script (``view/``) draws anew when someone zooms in, so
that narrow frames are put off, not left out. Groups, titles and ``fg:`` attributes are as in inferno 0.12 and
flamegraph.pl.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from resq_flame import embedded
from resq_flame.folded import Meta, Number, text
from resq_flame.render import attributes, legend, palette, palette_map, root, script, style
from resq_flame.render.change import Change
from resq_flame.render.layout import Layout, Profile, layout, wide
from resq_flame.render.options import NOMINAL, Options
from resq_flame.render.timeline import Timeline
from resq_flame.trie import GAP

MARGIN, HEADER, SUBTITLE, FOOTER = 12, 46, 20, 40
"""Pixels around the frames: at the sides, above, for a subtitle, below."""

TITLE_AT, SUBTITLE_AT = 31, 52
"""Pixels from the top to the lines that these stand on."""

ROOT = "all"

_TINY = 5e-324  # more than nothing: frames without width are not drawn, however low --minwidth is
PADDING = 4  # between a box's edge and its label
_GAP = 0.6  # between neighbours
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def draw(profile: Profile, options: Options) -> Iterator[bytes]:
    """The file, in pieces. Same profile and options, same bytes. Raises StageError for files that options name."""
    profile = root.rooted(profile, options.base) if options.base else profile
    boxes = layout(profile, reverse=options.reverse, as_given=options.no_sort)
    drawn = list(visible(boxes, options))
    rows = 1 + max((boxes.trie.depth[index] for index in drawn), default=0)
    special = attributes.read(options.nameattr) if options.nameattr else {}
    picture = Picture(options, boxes, options.unit(profile.meta), rows, special)
    kept = palette_map.read(options.palette) if options.palette else {}
    colouring = palette.colouring(boxes.trie.names, options.colors, by_order=options.random, kept=kept)
    change = Change.of(boxes, options)

    yield from _head(picture, profile, style.rules(colouring, change is not None, options))
    yield f'<g id="frames" {picture.attributes()}>\n'.encode()
    frame = boxes.trie.frame
    yield from picture.frames(drawn, change.fill if change else lambda index: f"c{colouring.fills[frame[index]]}")
    yield b"</g>\n"
    if change:
        yield legend.drawn(change.most, boxes, options, picture.height - FOOTER).encode()
    extra: dict[str, object] = {"fills": colouring.fills}
    if special:
        extra["attributes"] = {name: special[name] for name in boxes.trie.names if name in special}
    if isinstance(profile, Timeline):
        extra["timed"] = True
    content = embedded.document(profile.meta, boxes.trie, reverse=options.reverse, extra=extra)
    yield f"{embedded.element(embedded.encode(content))}\n".encode()
    yield f"<script><![CDATA[\n{script.source()}]]></script>\n</svg>\n".encode()


def visible(boxes: Layout, options: Options) -> Iterator[int]:
    """The frames of the static layer, in preorder: wide enough, and no gaps."""
    least = max(float(boxes.shown.whole) * options.minwidth, _TINY)
    names, frame = boxes.trie.names, boxes.trie.frame
    return (index for index in wide(boxes.trie, boxes.shown.total, least) if names[frame[index]] != GAP)


@dataclass(frozen=True, slots=True)
class Picture:
    """Where things stand in the static layer, and how its numbers read."""

    options: Options
    boxes: Layout
    unit: str
    rows: int
    special: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def width(self) -> int:
        return self.options.width or NOMINAL

    @property
    def top(self) -> int:
        return HEADER + (SUBTITLE if self.options.subtitle else 0)

    @property
    def height(self) -> int:
        return self.top + self.rows * self.options.height + FOOTER

    def y(self, depth: int) -> int:
        row = depth if self.options.inverted else self.rows - 1 - depth
        return self.top + row * self.options.height

    def attributes(self) -> str:
        """What the script must know, and the total as inferno writes it."""
        options = self.options
        view = {
            "unit": self.unit,
            "factor": float(options.factor),
            "nametype": options.nametype,
            "width": options.width or 0,
            "top": self.top,
            "rows": self.rows,
            "row": options.height,
            "least": options.minwidth,
            "size": options.fontsize,
            "letter": options.fontsize * options.fontwidth,
            "inverted": options.inverted,
            "negate": options.negate,
            "delta": options.delta,
            "differential": self.boxes.before is not None,
            "before": self.boxes.shown is self.boxes.before,
        }
        return (
            f'fg:total_samples="{text(self.boxes.shown.whole)}" font-family="{xml(options.fonttype)}"'
            f' font-size="{options.fontsize:g}" data-view="{xml(json.dumps(view, separators=(",", ":")))}"'
        )

    def frames(self, drawn: Iterable[int], fill_of: Callable[[int], str]) -> Iterator[bytes]:
        """A group for the root, then one for each of these frames."""
        trie, shown = self.boxes.trie, self.boxes.shown
        yield self._group(ROOT, 0, 0, shown.whole, self._changed(None), "root")
        for index in drawn:
            name = trie.names[trie.frame[index]]
            start, total = shown.start[index], shown.total[index]
            yield self._group(name, trie.depth[index], start, total, self._changed(index), fill_of(index))

    def place(self, start: Number, total: Number) -> tuple[float, float]:
        """Where a box begins, and how wide it is with the gap to its neighbour, in pixels."""
        whole = float(self.boxes.shown.whole) or 1.0
        inner = self.width - 2 * MARGIN
        return MARGIN + inner * float(start) / whole, inner * float(total) / whole

    def label(self, name: str, width: float) -> str:
        """What of a name a box this wide has room for."""
        return fitted(name, int((width - 2 * PADDING) / (self.options.fontsize * self.options.fontwidth)))

    def _group(self, name: str, depth: int, start: Number, total: Number, changed: str, fill: str) -> bytes:
        x, width = self.place(start, total)
        y, height = self.y(depth), self.options.height
        share = 100 * float(total) / (float(self.boxes.shown.whole) or 1.0)
        special = self.special.get(name, {})
        title = special.get("title") or f"{name} ({self._amount(total)} {self.unit}, {share:.2f}%{changed})"
        label = xml(self.label(name, width))
        written = f'<text x="{x + PADDING:.1f}" y="{y + self._baseline():g}">{label}</text>' if label else ""
        before, after = _linked(special)
        kind = f"func_g {special['class']}" if "class" in special else "func_g"
        return (
            f'{before}<g class="{kind}"><title>{xml(title)}</title><rect x="{x:.1f}" y="{y}"'
            f' width="{filled(width):.1f}" height="{height - 1}" class="{fill}" fg:x="{text(start)}"'
            f' fg:w="{text(total)}"/>{written}</g>{after}\n'
        ).encode()

    def _baseline(self) -> float:
        return round((self.options.height - 1) / 2 + self.options.fontsize * 0.35, 1)

    def _amount(self, value: Number) -> str:
        value *= self.options.factor
        whole, _, part = text(value).partition(".")
        return f"{int(whole):,}.{part}" if part else f"{int(whole):,}"

    def _changed(self, index: int | None) -> str:
        """``; +1.23%``: what a frame grew by, of the newer whole; nothing where there is one side."""
        before, after = self.boxes.before, self.boxes.after
        if before is None:
            return ""
        old = before.whole if index is None else before.total[index]
        new = after.whole if index is None else after.total[index]
        grown = 100 * float(new - old) / (float(self.boxes.shown.whole) or 1.0)
        return f"; {grown:+.2f}%, before {self._amount(old)}"


def xml(given: str) -> str:
    """Text for an element or a quoted attribute; what XML 1.0 cannot hold is replaced."""
    if not given.isprintable():
        given = _NOT_XML.sub("\ufffd", given)
    return given.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def fitted(name: str, letters: int) -> str:
    """As much of a name as this many letters of space hold, cut with an ellipsis; nothing where that says nothing.

    Letters of East Asian scripts and emoji are as wide as two.
    """
    if letters < 3:
        return ""
    if name.isascii():
        return name if len(name) <= letters else f"{name[: letters - 1]}…"
    used = cut = 0
    for at, letter in enumerate(name):
        used += 2 if letter >= "\u1100" else 1
        if used < letters:
            cut = at + 1
        elif used > letters:
            return f"{name[:cut]}…"
    return name


def filled(width: float) -> float:
    """A box's width without the gap to its neighbour, which narrow boxes cannot spare."""
    return max(width - _GAP, width * 0.6)


def _linked(special: Mapping[str, str]) -> tuple[str, str]:
    """What stands around the group of a function that leads somewhere."""
    if "href" not in special:
        return "", ""
    return f'<a href="{xml(special["href"])}" target="{xml(special.get("target", "_top"))}">', "</a>"


def _head(picture: Picture, profile: Profile, rules: str) -> Iterator[bytes]:
    options, width, height = picture.options, picture.width, picture.height
    title = heading(profile.meta, options)
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:fg="http://github.com/jonhoo/inferno" version="1.1"'
        f' width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title">\n'
        f"<title>{xml(title)}</title>\n"
    ).encode()
    if options.notes:
        yield f"<desc>{xml(options.notes)}</desc>\n".encode()
    yield f"<style>\n{style.themed(script.text('view.css') + rules, options.theme)}</style>\n".encode()
    yield _background(options).encode()
    yield f'<text id="title" x="{width / 2:g}" y="{TITLE_AT}">{xml(title)}</text>\n'.encode()
    if options.subtitle:
        yield f'<text id="subtitle" x="{width / 2:g}" y="{SUBTITLE_AT}">{xml(options.subtitle)}</text>\n'.encode()


def heading(meta: Meta, options: Options) -> str:
    """The title, or what kind of picture it is."""
    if options.title:
        return options.title
    if options.flamechart:
        return "Flame Chart"
    kind = "Icicle Graph" if options.inverted else "Flame Graph"
    return f"Differential {kind}" if meta.columns else kind


def _background(options: Options) -> str:
    gradient = ""
    if options.bgcolors in palette.BACKGROUNDS:
        gradient = (
            '<linearGradient id="canvas" x1="0" y1="0" x2="0" y2="1">'
            '<stop offset="0" class="canvas-top"/><stop offset="1" class="canvas-bottom"/></linearGradient>\n'
        )
    return f'{gradient}<rect id="background" width="100%" height="100%"/>\n'
