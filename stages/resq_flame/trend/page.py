"""The page of a trend: HTML with its SVG, styles and script inside; nothing is loaded from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from importlib.resources import files

from resq_flame.trend import Line, Shares, lines
from resq_flame.trend.chart import COLOURS, chart

KINDS = {"self": "Self", "total": "Total"}
_EXPLAINED = {
    "self": "time in the function itself",
    "total": "time in the function and all that it calls",
}


def draw(title: str, profiles: Sequence[Shares], top: int) -> str:
    """The page of these profiles, the oldest first; at least one."""
    sections = "".join(_section(kind, profiles, lines((getattr(one, kind) for one in profiles), top)) for kind in KINDS)
    tabs = "".join(
        f'<input type="radio" name="kind" id="show-{kind}"{" checked" if kind == "self" else ""}>'
        f'<label for="show-{kind}" title="{_EXPLAINED[kind]}">{name}</label>'
        for kind, name in KINDS.items()
    )
    return _PAGE.format(
        title=escape(title), subtitle=escape(_subtitle(profiles)), tabs=tabs, sections=sections,
        style=_resource("page.css"), script=_resource("page.js"),
    )  # fmt: skip


def _subtitle(profiles: Sequence[Shares]) -> str:
    first, last = (f"{one.entry.captured:%d %b %Y}" for one in (profiles[0], profiles[-1]))
    if len(profiles) == 1:
        return f"one profile, {first}: a trend needs two"
    return f"{len(profiles)} profiles, {first} to {last}" if first != last else f"{len(profiles)} profiles, {first}"


def _section(kind: str, profiles: Sequence[Shares], found: Sequence[Line]) -> str:
    points = [[f"{one.entry.captured:%d %b %Y %H:%M}", one.entry.revision[:10]] for one in profiles]
    data = {"points": points, "lines": [[line.name, [round(share, 2) for share in line.shares]] for line in found]}
    rows = "".join(_row(number, line) for number, line in enumerate(found))
    return (
        f'<section id="{kind}"><div class="chart" tabindex="0" role="img" aria-label="{escape(_spoken(kind, found))}">'
        f'{chart(profiles, found)}<div class="tip" hidden></div></div>'
        f'<table><thead><tr><th scope="col">Function</th><th scope="col">First</th><th scope="col">Last</th>'
        f'<th scope="col">Points</th></tr></thead><tbody>{rows}</tbody></table>'
        # </ would end the script, <!-- change how it is read
        f'<script type="application/json">{json.dumps(data).replace("<", chr(92) + "u003c")}</script></section>'
    )


def _row(number: int, line: Line) -> str:
    change = line.change
    kind = "up" if change >= 0.05 else "down" if change <= -0.05 else "same"
    arrow = {"up": "▲ +", "down": "▼ −", "same": ""}[kind]
    return (
        f'<tr data-line="{number}" tabindex="0">'
        f'<th scope="row"><i class="c{number % COLOURS}"></i>{escape(line.name)}</th>'
        f"<td>{line.shares[0]:.1f} %</td><td>{line.shares[-1]:.1f} %</td>"
        f'<td class="{kind}">{arrow}{abs(change):.1f}</td></tr>'
    )


def _spoken(kind: str, found: Sequence[Line]) -> str:
    ends = "; ".join(f"{line.name} from {line.shares[0]:.1f} % to {line.shares[-1]:.1f} %" for line in found[:5])
    return f"{KINDS[kind]} share of each function over time: {ends}"


def _resource(name: str) -> str:
    return files("resq_flame.trend").joinpath(name).read_text("utf-8")


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: trend</title>
<style>
{style}</style>
</head>
<body>
<header><h1>{title}</h1><p>{subtitle}</p></header>
<main>
{tabs}
{sections}
</main>
<script>
{script}</script>
</body>
</html>
"""
