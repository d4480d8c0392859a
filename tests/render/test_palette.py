"""Colours: readable in both themes, stable between pictures, and of the family that users of the peers expect."""

from __future__ import annotations

import re

import pytest

from resq_flame.render import palette, script
from resq_flame.render.options import Options

THEMES = (palette.LIGHT, palette.DARK)
READABLE = 4.5  # WCAG 2.2, 1.4.3, normal text


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("family", palette.FAMILIES)
def test_labels_are_readable_on_every_shade(family: str, theme: str) -> None:
    for number in range(palette.SHADES):
        assert palette.contrast(palette.shade(family, number, theme), palette.INK[theme]) >= READABLE


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("level", range(-palette.LEVELS, palette.LEVELS + 1))
def test_labels_are_readable_on_every_difference(level: int, theme: str) -> None:
    assert palette.contrast(palette.difference(level, theme), palette.INK[theme]) >= READABLE


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("background", palette.BACKGROUNDS)
def test_the_title_is_readable_on_every_background(background: str, theme: str) -> None:
    for colour in palette.BACKGROUNDS[background][theme]:
        assert palette.contrast(colour, palette.INK[theme]) >= READABLE


def variables(theme: str) -> dict[str, str]:
    """The colours of view.css: a theme's own, and those of the light theme where it has none."""
    light, dark = script.text("view.css").split("@media screen and (prefers-color-scheme: dark)")
    found = re.compile(r"--(\w+): (#[0-9a-f]{6})")
    return dict(found.findall(light)) | (dict(found.findall(dark)) if theme == palette.DARK else {})


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("text", ["ink", "muted", "accent", "warn"])
@pytest.mark.parametrize("behind", ["canvas", "panel", "hover"])
def test_words_beside_the_frames_are_readable(text: str, behind: str, theme: str) -> None:
    colours = variables(theme)
    assert palette.contrast(colours[text], colours[behind]) >= READABLE


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("background", palette.BACKGROUNDS)
def test_the_subtitle_is_readable_on_every_background(background: str, theme: str) -> None:
    for colour in palette.BACKGROUNDS[background][theme]:
        assert palette.contrast(colour, variables(theme)["muted"]) >= READABLE


@pytest.mark.parametrize("colour", [Options().search_color, "#e600e6", "#000000", "#ffffff", "#808080"])
def test_labels_of_matches_are_readable_in_any_search_colour(colour: str) -> None:
    assert palette.contrast(palette.ink_on(colour), colour) >= READABLE


@pytest.mark.parametrize("theme", THEMES)
def test_shades_of_a_family_differ(theme: str) -> None:
    for family in palette.FAMILIES.keys() - {"grey"}:
        assert len({palette.shade(family, number, theme) for number in range(palette.SHADES)}) == palette.SHADES


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#aa0000", "#aa0000", 1.0)]
)
def test_contrast_is_wcags(one: str, other: str, ratio: float) -> None:
    assert palette.contrast(one, other) == pytest.approx(ratio, abs=0.005)


def test_oklch_is_ottossons() -> None:
    assert palette.oklch(1, 0, 0) == "#ffffff"
    assert palette.oklch(0.62796, 0.25768, 29.234) == "#ff0000"
    assert palette.oklch(0.45201, 0.31321, 264.052) == "#0000ff"


def test_a_function_keeps_its_colour_beside_other_functions() -> None:
    alone, _ = palette.fills(["parse"], "hot")
    among, _ = palette.fills(["main", "-", "serve", "parse"], "hot")
    assert alone[-1] == among[-1]


def test_shades_can_be_dealt_in_order() -> None:
    dealt, _ = palette.fills([f"f{number}" for number in range(palette.SHADES)], "green", by_order=True)
    assert sorted(dealt) == list(range(palette.SHADES))


# The families are flamegraph.pl's and inferno's for these names.
FAMILY = [
    ("java", "java/lang/String.indexOf_[j]", "green"),
    ("java", "java/lang/String.length_[i]", "aqua"),
    ("java", "Interpreter_[0]", "green"),
    ("java", "tcp_sendmsg_[k]", "orange"),
    ("java", "JavaThread::run", "yellow"),
    ("java", "org.example.Work.run", "green"),
    ("java", "Work", "green"),
    ("java", "[libc.so.6]", "red"),
    ("java", "read", "red"),
    ("java", "L", "red"),
    ("js", "handle /app/server.js:12", "green"),
    ("js", "run /app/node_modules/x/index.js:1", "purple"),
    ("js", "LazyCompile:~parse_[j]", "aqua"),
    ("js", "v8::Function::Call", "yellow"),
    ("js", "sys_read_[k]", "orange"),
    ("js", "epoll_wait", "red"),
    ("perl", "Perl_pp_entersub", "green"),
    ("perl", "do_syscall_[k]", "orange"),
    ("perl", "A::B", "yellow"),
    ("perl", "read", "red"),
    ("python", "get (/venv/lib/python3.11/site-packages/requests/api.py:62)", "aqua"),
    ("python", "run (/usr/lib/python3.11/asyncio/runners.py:44)", "yellow"),
    ("python", "<built-in method time.sleep>", "yellow"),
    ("python", "handle (app.py:3)", "red"),
    ("rust", "<core::iter::Map<I,F> as Iterator>::next", "orange"),
    ("rust", "std::rt::lang_start", "orange"),
    ("rust", "app::serve", "aqua"),
    ("rust", "libc.so.6`alloc::vec", "orange"),
    ("rust", "read", "yellow"),
    ("chain", "wake_[w]", "aqua"),
    ("chain", "sleep", "blue"),
    ("chain", "--", "grey"),
    ("wakeup", "anything", "aqua"),
    ("mem", "malloc", "mem"),
]


@pytest.mark.parametrize(("colours", "name", "family"), FAMILY)
def test_families(colours: str, name: str, family: str) -> None:
    assert palette.fills([name], colours)[1] == [family]


@pytest.mark.parametrize("colours", palette.PALETTES)
@pytest.mark.parametrize("name", ["", "_[", "]", "L", "\U0001f525", "\ud800", "x" * 10_000])
def test_every_name_has_a_colour(colours: str, name: str) -> None:
    (fill,), (family,) = palette.fills([name], colours)
    assert 0 <= fill < palette.SHADES
    assert family in palette.FAMILIES


@pytest.mark.parametrize(
    ("delta", "most", "level"), [(0, 10, 0), (10, 10, 7), (-10, 10, -7), (1e-9, 10, 1), (-2.5, 10, -4), (0, 0, 0)]
)
def test_levels(delta: float, most: float, level: int) -> None:
    assert palette.level(delta, most) == level


# Viénot, Brettel, Mollon: Digital video colourmaps for checking the legibility of displays by dichromats, 1999.
DICHROMATS = {
    "protan": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deutan": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}


def seen(colour: str, kind: str) -> tuple[float, ...]:
    """Linear light as a dichromat sees it."""
    values = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    return tuple(sum(part * value for part, value in zip(row, linear, strict=True)) for row in DICHROMATS[kind])


def distance(one: str, other: str, kind: str) -> float:
    return max(abs(a - b) for a, b in zip(seen(one, kind), seen(other, kind), strict=True))


@pytest.mark.parametrize("kind", DICHROMATS)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("level", range(3, palette.LEVELS + 1))
def test_growth_and_shrinkage_are_told_apart_by_dichromats(level: int, theme: str, kind: str) -> None:
    growth, shrinkage = palette.difference(level, theme), palette.difference(-level, theme)
    assert distance(growth, shrinkage, kind) > (0.15 if theme == palette.LIGHT else 0.04)


@pytest.mark.parametrize("kind", DICHROMATS)
@pytest.mark.parametrize("theme", THEMES)
def test_the_safe_palette_is_safe(theme: str, kind: str) -> None:
    shades = [palette.shade("safe", number, theme) for number in range(palette.SHADES)]
    assert distance(shades[0], shades[-1], kind) > (0.3 if theme == palette.LIGHT else 0.1)
    assert distance(shades[0], shades[-1], kind) > 2 * distance(
        palette.shade("green", 0, theme), palette.shade("green", palette.SHADES - 1, theme), kind
    )
