"""How a report is written: text for a terminal, markdown for a merge request, JSON and CSV for programs."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence

from resq_flame.report.tables import Report


def as_text(found: Report) -> Iterator[str]:
    """Columns for a terminal of 80 characters; the names come last and are never cut."""
    places = found.narrow or range(len(found.headings))
    above, headings = zip(*_headings(found, places), strict=True)
    rows = [headings, *([row[place] for place in places] for row in found.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    yield from _wrapped(found.summary)
    yield ""
    if any(above):
        yield _line(above, widths).rstrip()
    yield from (_line(row, widths) for row in rows)
    if found.left_out:
        yield ""
        yield f"and {found.left_out:,} more (--top 0 lists all)"
    if found.verdict or found.notes:
        yield ""
        for note in filter(None, (found.verdict, *found.notes)):
            yield from _wrapped(note)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join([*(cell.rjust(width) for cell, width in zip(cells, widths, strict=False)), cells[-1]])


def _headings(found: Report, places: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Both lines of each; a group stands above the first of its columns."""
    last = ""
    for place in places:
        group, _, name = found.headings[place].rpartition("\n")
        yield group if group != last else "", name
        last = group


def _wrapped(sentence: str) -> list[str]:
    return textwrap.wrap(sentence, 80, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def as_markdown(found: Report) -> Iterator[str]:
    """For a merge request: the verdict of a gate, what is to be said of it, then the table."""
    if found.verdict:
        yield f"**{_plain(found.verdict)}**"
        yield ""
    yield f"{_plain(found.summary)}."
    yield ""
    if found.notes:
        yield from (f"- {_plain(note)}" for note in found.notes)
        yield ""
    headings = _headings(found, range(len(found.headings)))
    yield f"| {' | '.join(f'{group} {name}'.strip() for group, name in headings)} |"
    yield f"|{' ---: |' * (len(found.headings) - 1)} :--- |"
    for row in found.rows:
        yield f"| {' | '.join([*row[:-1], _code(row[-1])])} |"
    if found.left_out:
        yield ""
        yield f"And {found.left_out:,} more."


def as_json(found: Report) -> Iterator[str]:
    """The numbers as they are, for programs."""
    said = {"verdict": found.verdict, "notes": found.notes}
    data = found.data | {key: value for key, value in said.items() if value}
    yield json.dumps(data, indent=2, ensure_ascii=False, default=float)


def as_csv(found: Report) -> Iterator[str]:
    """A row a function, a column a number; the unit and the rest stay in JSON."""
    listed = found.data["functions"]
    assert isinstance(listed, list)
    rows = [dict(_flat(one)) for one in listed]
    lines = io.StringIO()
    writer = csv.DictWriter(lines, list(dict.fromkeys(key for row in rows for key in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    yield lines.getvalue().rstrip("\n")


def _flat(one: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    for key, value in one.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}_")
        else:
            yield f"{above}{key}", json.dumps(value, default=float) if isinstance(value, list | bool) else value


FORMATS: dict[str, Callable[[Report], Iterator[str]]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
    "csv": as_csv,
}

_SUFFIXES = {".md": "markdown", ".json": "json", ".csv": "csv"}


def format_of(path: str) -> str:
    """The format that a file's name asks for."""
    return next((name for suffix, name in _SUFFIXES.items() if path.endswith(suffix)), "text")


def _code(name: str) -> str:
    """A name as inline code in a table cell, whatever characters it holds."""
    fence = "``" if "`" in name else "`"
    pad = " " if "`" in name else ""
    return f"{fence}{pad}{name}{pad}{fence}".replace("|", "\\|")


def _plain(sentence: str) -> str:
    """Text with the names of functions in it, of which no character is markup."""
    return "".join(f"\\{char}" if char in "\\`*_<[]|~" else char for char in sentence)
