"""Colours: which family a function belongs to, and which shade of it its name always has.

Shades are made in OKLCH (Björn Ottosson, "A perceptual color space for image processing", 2020), where lightness is
what the eye sees: a band of it for each theme keeps every label readable. tests/render/test_palette.py measures that.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

SHADES = 12
"""Colours a family has."""

LEVELS = 7
"""Steps of growth, and of shrinkage, in a differential graph."""

LIGHT, DARK = "light", "dark"
AUTO = "auto"
INK = {LIGHT: "#1d1b18", DARK: "#f5f2ec"}
"""The labels on frames."""

CANVAS = {LIGHT: "#ffffff", DARK: "#17181c"}
"""Behind the frames."""


# --bgcolors: from the top to the bottom, in each theme.
BACKGROUNDS: dict[str, dict[str, tuple[str, str]]] = {
    "yellow": {LIGHT: ("#fdfcf6", "#f6f0cf"), DARK: ("#1a1916", "#2a2718")},
    "blue": {LIGHT: ("#f8f9fd", "#dfe6fa"), DARK: ("#16181d", "#1a2233")},
    "green": {LIGHT: ("#f7fbf7", "#dcf2de"), DARK: ("#161a17", "#192a1d")},
    "grey": {LIGHT: ("#fafafa", "#e9e9ea"), DARK: ("#18191b", "#232427")},
}


@dataclass(frozen=True, slots=True)
class Family:
    """Neighbouring colours: hues in degrees of OKLCH, first to last, and how colourful (0 is grey)."""

    first: float
    last: float
    chroma: float


FAMILIES: dict[str, Family] = {
    "hot": Family(28, 88, 0.110),
    "mem": Family(138, 182, 0.095),
    "io": Family(232, 284, 0.075),
    "red": Family(14, 32, 0.105),
    "orange": Family(48, 68, 0.110),
    "yellow": Family(84, 104, 0.110),
    "green": Family(132, 154, 0.100),
    "aqua": Family(180, 206, 0.080),
    "blue": Family(236, 262, 0.085),
    "purple": Family(292, 322, 0.085),
    "safe": Family(258, 92, 0.090),  # blue to yellow, which every common kind of colour blindness keeps apart
    "grey": Family(80, 80, 0.006),
}

# Growth and shrinkage: orange-red against blue, which every common kind of colour blindness keeps apart.
GROWTH, SHRINKAGE, STILL = Family(36, 36, 0.155), Family(248, 248, 0.120), Family(80, 80, 0.004)


def java(name: str) -> str:
    if len(name) > 4 and name[-4:-2] == "_[" and name.endswith("]"):  # async-profiler, perf-map-agent
        return {"k": "orange", "i": "aqua"}.get(name[-2], "green")
    if "::" in name or name.startswith(("-[", "+[")):
        return "yellow"
    plain = name.removeprefix("L")
    return "green" if "/" in plain or ("." in plain and plain[0] != "[") or plain[:1].isupper() else "red"


def js(name: str) -> str:
    if name.endswith("_[k]"):
        return "orange"
    if name.endswith("_[j]"):
        return "green" if "/" in name else "aqua"
    if "::" in name:
        return "yellow"
    if "node_modules/" in name:
        return "purple"
    if "node:" in name or "native " in name:
        return "aqua"
    if "/" in name and (".js" in name or ".mjs" in name or ".ts" in name):
        return "green"
    return "aqua" if ":" in name else "red"


def perl(name: str) -> str:
    if name.endswith("_[k]"):
        return "orange"
    if "Perl" in name or ".pl" in name:
        return "green"
    return "yellow" if "::" in name else "red"


def python(name: str) -> str:
    path = name.replace("\\", "/").lower()
    if "site-packages/" in path:
        return "aqua"
    if path.startswith(("<built-in", "<method", "<frozen")) or "<frozen " in path or "/python3." in path:
        return "yellow"
    return "red"


def rust(name: str) -> str:
    plain = name.rpartition("`")[2].removeprefix("<")
    if plain.startswith(("core::", "std::", "alloc::")):
        return "orange"
    return "aqua" if "::" in plain else "yellow"


def chain(name: str) -> str:
    return "aqua" if name.endswith("_[w]") else "blue"


def _plain(family: str) -> Callable[[str], str]:
    return lambda _name: family


# What --colors offers: the peers' names, each with the rule that picks a frame's family.
PALETTES: dict[str, Callable[[str], str]] = {
    **{name: _plain(name) for name in FAMILIES},
    "wakeup": _plain("aqua"),
    "java": java,
    "js": js,
    "perl": perl,
    "python": python,
    "rust": rust,
    "chain": chain,
}

# A waker's and a sleeper's stack in one (offwaketime) are kept apart by such a frame.
_SEPARATORS = frozenset({"-", "--"})


@dataclass(frozen=True, slots=True)
class Colouring:
    """A fill for each name: fill ``n`` is shade ``n % SHADES`` of family ``n // SHADES``, then come single colours."""

    fills: list[int]
    families: list[str]
    single: list[str]


def colouring(
    names: list[str], colours: str, *, by_order: bool = False, kept: Mapping[str, str] = MappingProxyType({})
) -> Colouring:
    """The colours of these names. ``kept`` has the ``#rrggbb`` of some."""
    chosen, families = fills(names, colours, by_order=by_order)
    single = sorted({kept[name] for name in names if name in kept})
    first = len(families) * SHADES
    places = {colour: first + at for at, colour in enumerate(single)}
    dyed = [places[kept[name]] if name in kept else fill for name, fill in zip(names, chosen, strict=True)]
    return Colouring(dyed, families, single)


def fills(names: list[str], colours: str, *, by_order: bool = False) -> tuple[list[int], list[str]]:
    """A fill for each name, and the families used: fill ``n`` is shade ``n % SHADES`` of family ``n // SHADES``.

    The shade follows from the name alone, unless ``by_order`` deals shades out as the names come.
    """
    family_of = PALETTES[colours]
    numbers: dict[str, int] = {}
    chosen = []
    for index, name in enumerate(names):
        family = "grey" if name in _SEPARATORS else family_of(name)
        shade = index * 5 if by_order else zlib.crc32(name.encode("utf-8", "surrogatepass"))
        chosen.append(numbers.setdefault(family, len(numbers)) * SHADES + shade % SHADES)
    return chosen, list(numbers)


def shade(family: str, number: int, theme: str) -> str:
    """``#rrggbb`` of a family's shade. Neighbouring hues differ in lightness too, so that they part without colour."""
    ramp = FAMILIES[family]
    hue = ramp.first + (ramp.last - ramp.first) * number / (SHADES - 1)
    # Yellows are lighter than reds to the eye's liking; the rest of the step tells neighbouring shades apart.
    step = (number + number * 7 % SHADES) / (2 * SHADES - 2)
    if theme == LIGHT:
        return oklch(0.755 + 0.125 * step, ramp.chroma, hue)
    return oklch(0.41 + 0.10 * step, ramp.chroma * 0.90, ramp.first + (hue - ramp.first) * 0.75)


def level(delta: float, most: float) -> int:
    """How strongly a difference shows, -LEVELS to LEVELS; the root brings small ones out. 0 is no difference."""
    if not delta or not most:
        return 0
    strength = max(1, math.ceil(LEVELS * math.sqrt(min(1.0, abs(delta) / most))))
    return strength if delta > 0 else -strength


def difference(number: int, theme: str) -> str:
    """``#rrggbb`` of a level: grey for none, through to full growth or shrinkage."""
    ramp = STILL if not number else GROWTH if number > 0 else SHRINKAGE
    strength = abs(number) / LEVELS
    if theme == LIGHT:
        return oklch(0.90 - 0.20 * strength, ramp.chroma * (strength or 1), ramp.first)
    return oklch(0.33 + 0.14 * strength, ramp.chroma * (strength or 1), ramp.first)


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """``#rrggbb`` of an OKLCH colour, each channel cut to what sRGB has."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _encoded(channel)):02x}" for channel in linear)


def contrast(one: str, other: str) -> float:
    """The WCAG 2.2 contrast ratio of two ``#rrggbb`` colours, 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on this ``#rrggbb``; one of them always reads well."""
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, colour))


def _encoded(channel: float) -> float:
    channel = min(1.0, max(0.0, channel))
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
