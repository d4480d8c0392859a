"""The style rules that depend on the picture: its colours, in both themes. The others are view.css."""

from __future__ import annotations

from resq_flame.render import palette
from resq_flame.render.options import Options
from resq_flame.render.palette import Colouring

_IS_DARK = "screen and (prefers-color-scheme: dark)"
_HOLDS = {palette.DARK: "screen", palette.LIGHT: "not all"}
"""What stands for the question whether the viewer's theme is dark where the picture has its own."""


def rules(colouring: Colouring, differential: bool, options: Options) -> str:
    """The style rules of the colours in use, for each theme."""
    light, dark = (_theme(colouring, differential, options, theme) for theme in (palette.LIGHT, palette.DARK))
    return f"{light}@media {_IS_DARK} {{\n{dark}}}\n"


def themed(styles: str, theme: str) -> str:
    """The style rules for one theme, where the picture does not follow its viewer's."""
    if theme == palette.AUTO:
        return styles
    return styles.replace(_IS_DARK, _HOLDS[theme]).replace("color-scheme: light dark", f"color-scheme: {theme}")


def _theme(colouring: Colouring, differential: bool, options: Options, theme: str) -> str:
    if differential:
        levels = range(-palette.LEVELS, palette.LEVELS + 1)
        written = [f".{level_class(level)}{{fill:{palette.difference(level, theme)}}}" for level in levels]
    else:
        written = [
            f".c{at * palette.SHADES + number}{{fill:{palette.shade(family, number, theme)}}}"
            for at, family in enumerate(colouring.families)
            for number in range(palette.SHADES)
        ]
        for at, colour in enumerate(colouring.single, len(written)):  # of a file: the same in both themes
            ink = palette.ink_on(colour)
            written.append(f".c{at}{{fill:{colour}}}#frames .c{at}+text{{fill:{ink}}}")
    return "\n".join([*written, *_canvas(options, theme)]) + "\n"


def _canvas(options: Options, theme: str) -> list[str]:
    match = options.search_color
    written = [f"svg{{--match:{match};--match-ink:{palette.ink_on(match)}}}"]
    if options.bgcolors in palette.BACKGROUNDS:
        top, bottom = palette.BACKGROUNDS[options.bgcolors][theme]
        written += [
            f".canvas-top{{stop-color:{top}}}",
            f".canvas-bottom{{stop-color:{bottom}}}",
            f"#background{{fill:url(#canvas)}}svg{{--canvas:{bottom}}}",
        ]
    elif options.bgcolors:
        flat, ink = options.bgcolors, palette.ink_on(options.bgcolors)
        written += [
            f"#background{{fill:{flat}}}#title,#subtitle{{fill:{ink}}}",
            f"svg{{--canvas:{flat};--panel:{flat};--hover:{flat};--ink:{ink};--muted:{ink}}}",
        ]
    return written


def level_class(level: int) -> str:
    """The class of a box that grew or shrank so much (``palette.level``)."""
    return f"{'g' if level > 0 else 's'}{abs(level)}"
