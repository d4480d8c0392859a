"""What a user may ask of a picture, under the flag names of inferno-flamegraph and flamegraph.pl."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from resq_flame.folded import Number, weight
from resq_flame.render.palette import AUTO, BACKGROUNDS, DARK, LIGHT, PALETTES
from resq_flame.stage import UsageError

if TYPE_CHECKING:
    from resq_flame.folded import Meta

NOMINAL = 1200
"""Pixels a picture is wide where no script fits it to its window."""

TOTAL, SELF = "total", "self"
PALETTE_MAP = "palette.map"
"""Where --cp keeps its colours: the peers' name."""

_RGB = re.compile(r"rgb\( *(\d{1,3}) *, *(\d{1,3}) *, *(\d{1,3}) *\)")


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of ``resq-render``, under their own names."""

    title: str = ""
    subtitle: str = ""
    notes: str = ""
    width: int | None = None
    """Pixels; None follows the window, NOMINAL where there is none."""
    height: int = 18
    """Pixels of one frame."""
    minwidth: float = 0.001
    """The part of the whole that a frame must be to be drawn; narrower ones appear when zoomed."""
    fonttype: str = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
    fontsize: float = 12
    fontwidth: float = 0.6
    """A character's width by the font's size."""
    countname: str = ""
    """The unit in words; empty is the profile's own."""
    nametype: str = "Function:"
    factor: Number = 1
    """Weights are multiplied by it where they are shown."""
    colors: str = "hot"
    bgcolors: str | None = None
    theme: str = AUTO
    """Light, dark, or as who looks at it has set."""
    random: bool = False
    search_color: str = "#e86ce4"
    inverted: bool = False
    reverse: bool = False
    negate: bool = False
    delta: str = TOTAL
    """What of a frame is compared in a differential graph: its total, or its self."""
    flamechart: bool = False
    no_sort: bool = False
    base: tuple[str, ...] = ()
    """Functions at which stacks begin; those without one are left out."""
    palette: str | None = None
    """A palette.map of flamegraph.pl, which is read and written."""
    nameattr: str | None = None
    """A file of what single functions have beside their boxes."""

    def unit(self, meta: Meta) -> str:
        return self.countname or meta.unit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    default = Options()
    words = parser.add_argument_group("words")
    words.add_argument("--title", default="", metavar="TEXT", help="the heading (default: Flame Graph)")
    words.add_argument("--subtitle", default="", metavar="TEXT", help="a second line below it")
    words.add_argument("--notes", default="", metavar="TEXT", help="a description that is kept in the file")
    words.add_argument("--countname", default="", metavar="TEXT", help="what is counted (default: the profile's unit)")
    words.add_argument(
        "--nametype", default=default.nametype, metavar="TEXT", help="what a frame is (default: %(default)s)"
    )
    words.add_argument("--factor", type=_factor, default=1, metavar="N", help="multiply the shown numbers by N")

    size = parser.add_argument_group("size")
    size.add_argument("--width", type=_width, metavar="PIXELS", help="of the picture, or auto: as wide as its window")
    size.add_argument(
        "--height", type=_pixels, default=default.height, metavar="PIXELS", help="of a frame (default: %(default)s)"
    )
    size.add_argument(
        "--minwidth",
        type=_minwidth,
        default=default.minwidth,
        metavar="PERCENT",
        help="frames narrower than this appear when zoomed; 2px are pixels (default: 0.1)",
    )
    size.add_argument("--fonttype", default=default.fonttype, metavar="FONT", help="of the frames (default: monospace)")
    size.add_argument(
        "--fontsize",
        type=_positive,
        default=default.fontsize,
        metavar="PIXELS",
        help="of the letters (default: %(default)s)",
    )
    size.add_argument(
        "--fontwidth",
        type=_positive,
        default=default.fontwidth,
        metavar="N",
        help="of a letter, by its size (default: %(default)s)",
    )

    order = parser.add_argument_group("arrangement")
    order.add_argument("-i", "--inverted", "--icicle", action="store_true", help="icicle graph: the root on top")
    order.add_argument("--reverse", action="store_true", help="turn the stacks: leaves become roots, callers follow")
    order.add_argument("--no-sort", action="store_true", help="siblings as they come, not by name")
    order.add_argument(
        "--base", action="append", default=[], metavar="NAME", help="stacks begin at this function; others are left out"
    )

    colour = parser.add_argument_group("colour")
    colour.add_argument(
        "-c", "--colors", choices=PALETTES, default=default.colors, metavar="PALETTE", help=", ".join(PALETTES)
    )
    colour.add_argument("--hash", action="store_true", help="by the function's name: always so, accepted for habit")
    colour.add_argument("--random", action="store_true", help="not by the name, but in the order of the names")
    colour.add_argument("--bgcolors", type=_background, metavar="COLOUR", help=f"{', '.join(BACKGROUNDS)} or #rrggbb")
    colour.add_argument(
        "--theme",
        choices=(AUTO, LIGHT, DARK),
        default=AUTO,
        help="auto: as the viewer has set; a png is light then (default: %(default)s)",
    )
    colour.add_argument(
        "--search-color",
        type=_colour,
        default=default.search_color,
        metavar="COLOUR",
        help="of matches (default: %(default)s)",
    )
    colour.add_argument("--nameattr", metavar="FILE", help="title, class, href or target of functions, tab-separated")
    colour.add_argument(
        "--delta", choices=(TOTAL, SELF), default=TOTAL, help="differential: what is compared (default: %(default)s)"
    )
    colour.add_argument("--negate", action="store_true", help="differential: swap the colours of growth and shrinkage")


def add_stage_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags that ask for more than drawing: reading lines in their order, writing a file of colours."""
    parser.add_argument(
        "--flamechart", action="store_true", help="the lines follow each other in time, the oldest first: left to right"
    )
    parser.add_argument(
        "--cp", dest="palette", action="store_const", const=PALETTE_MAP, help=f"keep colours in {PALETTE_MAP}"
    )
    parser.add_argument("--palette", metavar="FILE", help="keep colours in this file: name->rgb(r,g,b) lines")


def from_arguments(arguments: argparse.Namespace) -> Options:
    """The options that the parsed flags say. Raises UsageError for flags that do not fit together."""
    if arguments.hash and arguments.random:
        raise UsageError("--hash and --random exclude each other")
    given = {entry.name: getattr(arguments, entry.name) for entry in fields(Options) if entry.name in arguments}
    if given.get("flamechart") and arguments.reverse:
        raise UsageError("--flamechart and --reverse exclude each other: callers have no order in time")
    return Options(**{**given, "base": tuple(arguments.base)})


def _width(given: str) -> int | None:
    return None if given == "auto" else _pixels(given, 200)


def _pixels(given: str, least: int = 4) -> int:
    if not given.isascii() or not given.isdigit() or not least <= int(given) <= 100_000:
        raise argparse.ArgumentTypeError(f"expected {least} to 100000 pixels, found {given!r}")
    return int(given)


def _positive(given: str) -> float:
    if not re.fullmatch(r"\d{1,4}(\.\d{1,9})?", given) or not float(given):
        raise argparse.ArgumentTypeError(f"expected a number above 0, found {given!r}")
    return float(given)


def _factor(given: str) -> Number:
    value = weight(given.encode("utf-8", "replace"))
    if not value:
        raise argparse.ArgumentTypeError(f"expected a number above 0 in plain digits, found {given!r}")
    return value


def _minwidth(given: str) -> float:
    found = re.fullmatch(r"(\d{0,5}(?:\.\d{0,9})?)(%|px)?", given)
    if not found or found[1] in ("", "."):
        raise argparse.ArgumentTypeError(
            f"expected a percentage such as 0.1 or 0.1%, or pixels as 2px, found {given!r}"
        )
    return float(found[1]) / (NOMINAL if found[2] == "px" else 100)


def _background(given: str) -> str:
    return given if given in BACKGROUNDS else _colour(given, f"{', '.join(BACKGROUNDS)} or ")


def _colour(given: str, others: str = "") -> str:
    """``#rrggbb``, also of the ``rgb(r,g,b)`` that flamegraph.pl writes."""
    if found := _RGB.fullmatch(given):
        channels = [int(channel) for channel in found.groups()]
        if max(channels) < 256:
            return "#" + "".join(f"{channel:02x}" for channel in channels)
    if not re.fullmatch("#[0-9a-fA-F]{6}", given):
        raise argparse.ArgumentTypeError(f"expected {others}#rrggbb, found {given!r}")
    return given
