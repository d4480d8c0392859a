"""The scale of a differential graph: a swatch for each level, shrinkage left, growth right."""

from __future__ import annotations

from resq_flame.render import palette, style
from resq_flame.render.layout import Layout
from resq_flame.render.options import Options

SWATCH = 11
"""Pixels a swatch is wide."""

_AT, _DOWN = 64, 14


def drawn(most: float, boxes: Layout, options: Options, y: float) -> str:
    """The group, with the largest change at its ends; ``y`` is where the space for it begins."""
    share = 100 * most / (float(boxes.shown.whole) or 1.0)
    left, right = (-share, share) if not options.negate else (share, -share)
    levels = range(-palette.LEVELS, palette.LEVELS + 1)
    size = f'y="{_DOWN}" width="{SWATCH}" height="{SWATCH}"'
    swatches = "".join(
        f'<rect x="{_AT + SWATCH * at}" {size} class="{style.level_class(level)}"/>' for at, level in enumerate(levels)
    )
    end = _AT + SWATCH * (2 * palette.LEVELS + 1)
    base = _DOWN + SWATCH - 1.5
    return (
        f'<g id="legend" transform="translate(12 {y:g})">'
        f'<text x="{_AT - 6}" y="{base}" text-anchor="end">{left:+.2f}%</text>{swatches}'
        f'<text x="{end + 6}" y="{base}">{right:+.2f}% of all, change of {options.delta}</text></g>\n'
    )
