"""The lines of a trend as SVG: profiles at even distances, shares in percent, names at the ends of their lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

from resq_flame.trend import Line, Shares

WIDTH, HEIGHT = 1040, 440
LEFT, RIGHT, TOP, BOTTOM = 48, 240, 16, 44
COLOURS = 10
LABEL = 15  # points between names
LONGEST = 30  # letters of a name
MOST_DATES = 7


def chart(profiles: Sequence[Shares], lines: Sequence[Line]) -> str:
    """An ``<svg>``; its colours are classes of the page, c0, c1, …"""
    highest, step = scale(max((share for line in lines for share in line.shares), default=0.0))

    def x(place: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (place / (len(profiles) - 1) if len(profiles) > 1 else 0.5)

    def y(share: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share / highest)

    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" data-left="{LEFT}" data-right="{RIGHT}">']
    parts += [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(at):.1f}" y2="{y(at):.1f}"/>'
        f'<text class="axis" x="{LEFT - 8}" y="{y(at) + 4:.1f}" text-anchor="end">{at:g} %</text>'
        for at in (step * number for number in range(round(highest / step) + 1))
    ]
    parts += _dates(profiles, x)
    parts.append(f'<line class="cursor" y1="{TOP}" y2="{HEIGHT - BOTTOM}" hidden=""/>')
    # The largest is drawn last, over the others.
    for number, line in reversed(list(enumerate(lines))):
        places = [(x(place), y(share)) for place, share in enumerate(line.shares)]
        path = "M" + "L".join(f"{across:.1f},{down:.1f}" for across, down in places)
        dots = "".join(f'<circle cx="{across:.1f}" cy="{down:.1f}" r="3"/>' for across, down in places[-40:])
        parts.append(f'<g class="line c{number % COLOURS}" data-line="{number}"><path d="{path}"/>{dots}</g>')
    for number, (line, down) in enumerate(zip(lines, spread([y(line.shares[-1]) for line in lines]), strict=True)):
        name = line.name if len(line.name) <= LONGEST else f"{line.name[: LONGEST - 1]}…"
        parts.append(
            f'<text class="name c{number % COLOURS}" data-line="{number}" x="{WIDTH - RIGHT + 12}" y="{down + 4:.1f}">'
            f"{escape(name)}</text>"
        )
    return "".join([*parts, "</svg>"])


def scale(largest: float) -> tuple[float, float]:
    """The upper end of an axis from 0 and the distance of its marks, both round numbers."""
    size = 10.0 ** math.floor(math.log10(max(largest, 1.0) / 4))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor * 5 >= largest)
    return step * max(math.ceil(largest / step - 1e-9), 1), step


def spread(places: Sequence[float]) -> list[float]:
    """The places, moved apart so that each name has its line of text, in their order and inside the chart."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    found = list(places)
    lowest = TOP + 0.0
    for index in order:
        found[index] = lowest = max(places[index], lowest)
        lowest += LABEL
    highest = HEIGHT - BOTTOM + 0.0
    for index in reversed(order):
        found[index] = highest = min(found[index], highest)
        highest -= LABEL
    return found


def _dates(profiles: Sequence[Shares], x: Callable[[int], float]) -> list[str]:
    count = min(len(profiles), MOST_DATES)
    shown = sorted({round(number * (len(profiles) - 1) / max(count - 1, 1)) for number in range(count)})
    same_day = len({f"{one.entry.captured:%Y-%m-%d}" for one in profiles}) == 1
    form = "%H:%M" if same_day else "%d %b"
    return [
        f'<text class="axis" x="{x(place):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">'
        f"{profiles[place].entry.captured.strftime(form)}</text>"
        f'<text class="axis small" x="{x(place):.1f}" y="{HEIGHT - BOTTOM + 36}" text-anchor="middle">'
        f"{profiles[place].entry.revision[:7]}</text>"
        for place in shown
    ]
