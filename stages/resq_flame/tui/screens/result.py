"""A profile, read in the terminal: the flame graph, and beside it the functions by what they cost."""

from __future__ import annotations

import asyncio
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Footer, Input

from resq_flame.stage import StageError
from resq_flame.tui import browser, past
from resq_flame.tui.document import SUFFIXES, Document, compared, save
from resq_flame.tui.flame.graph import Graph, graph
from resq_flame.tui.flame.search import Matches, heaviest, named, search
from resq_flame.tui.flame.widget import FlameGraph
from resq_flame.tui.functions import Function, functions
from resq_flame.tui.keys import Keys
from resq_flame.tui.programs import Programs
from resq_flame.tui.widgets.details import Details
from resq_flame.tui.widgets.heading import Heading
from resq_flame.tui.widgets.top_table import TopTable
from resq_flame.units import share

WIDE = 110
"""Cells from which on graph and functions stand side by side."""


class SearchLine(Input):
    """A search that is shown as it is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Next match"),
        Binding("escape", "screen.back", "Clear"),
    ]


class ResultScreen(Screen[None]):
    """Shows one document. Subclasses put others in its place."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012  # so declared by Textual
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "switch", "Functions"),
        Binding("slash", "search", "Search", key_display="/"),
        Binding("c", "callers", "Callers"),
        Binding("d", "diff", "Diff"),
        Binding("b", "baseline", "Baseline", show=False),
        Binding("s", "save", "Save"),
        Binding("o", "open", "Open"),
        Binding("escape", "back", "Back", show=False),
    ]
    KEYS: ClassVar[Keys] = (
        (
            "Flame graph",
            (
                ("← → ↑ ↓  h j k l", "to a neighbour, the caller, what is called most"),
                ("Enter  click", "zoom to a frame"),
                ("Backspace  u", "out to its caller"),
                ("0  Home", "the whole profile"),
                ("i", "icicle: the root on top, or a flame again"),
                ("c", "callers: leaves first, what calls them behind"),
                ("/  n  N", "search by a regular expression; next, previous"),
                ("Tab", "to the functions and back"),
            ),
        ),
        (
            "Functions",
            (
                ("j k  ↑ ↓", "move"),
                ("Enter", "show in the graph"),
                ("<  >", "sort by another column (or click on it)"),
            ),
        ),
        (
            "The profile",
            (
                ("o", "the SVG in the browser"),
                ("s", "save: .svg .html .folded .json .speedscope.json"),
                ("b", "make it the baseline"),
                ("d", "compare with the baseline, an earlier run, a file"),
            ),
        ),
    )

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self.callers = document.options.reverse
        self.graph: Graph | None = None

    def compose(self) -> ComposeResult:
        yield Heading(self.document.title, self.document.summary())
        with Horizontal(id="profile"):
            yield FlameGraph()
            yield TopTable()
        yield Details()
        yield SearchLine(id="search", placeholder="a name, or a regular expression")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one("#search").display = False
        self.query_one(FlameGraph).focus()
        if self.document.profile.stacks:  # a live one begins without any
            self.query_one(Heading).say(state="laying out…")
        self.app.theme_changed_signal.subscribe(self, self._recolour)
        self.load()

    def _recolour(self, _theme: object) -> None:
        self.query_one(FlameGraph).recolour()
        self.query_one(TopTable).fill()

    # What is shown.

    def load(self) -> None:
        """Show the document, as soon as it is laid out."""
        self._lay_out()

    @work(thread=True, exclusive=True)
    def _lay_out(self) -> None:
        """Away from the keys: a profile may have a million frames. The functions follow the graph."""
        document, callers = self.document, self.callers
        laid_out = graph(document.profile, callers=callers)
        self.app.call_from_thread(self._show_graph, document, laid_out)
        found = functions(document.profile)
        self.app.call_from_thread(self._show_functions, document, found)

    def _show_graph(self, document: Document, laid_out: Graph) -> None:
        if self.is_attached:
            self.graph = laid_out
            view = self.query_one(FlameGraph)
            view.show(laid_out, document.options)
            self._describe(view.selected)
            self._state()

    def _show_functions(self, document: Document, found: list[Function]) -> None:
        if self.is_attached:
            self.query_one(TopTable).show(found, differential=document.differential)

    @on(FlameGraph.Shown)
    def _on_shown(self, event: FlameGraph.Shown) -> None:
        self._describe(event.frame)

    def _describe(self, frame: int) -> None:
        if self.graph is not None:
            self.query_one(Details).show(self.graph, frame, self.query_one(FlameGraph).zoomed)

    @on(TopTable.Chosen)
    def _on_chosen(self, event: TopTable.Chosen) -> None:
        if self.graph is None:
            return
        matches = named(self.graph, event.name)
        self._highlight(matches)
        view = self.query_one(FlameGraph)
        view.reveal(heaviest(self.graph, matches))
        self.show_graph()

    def _highlight(self, matches: Matches | None) -> None:
        self.query_one(FlameGraph).highlight(matches)
        self._state()

    def _state(self) -> None:
        matches = self.query_one(FlameGraph).matches
        said = ["callers"] if self.callers else []
        if matches is not None and self.graph is not None:
            part = share(int(matches.total), int(self.graph.whole)) if self.graph.whole else 0.0
            said.append(f"{matches.wanted}: {part:.1f} %" if matches.frames else f"{matches.wanted}: no match")
        self.query_one(Heading).say(state="  ".join(said))

    # Keys.

    def action_switch(self) -> None:
        """To the functions, or back to the graph; in a narrow terminal one hides the other."""
        if self.focused is self.query_one(FlameGraph):
            self.add_class("-functions")
            self.query_one(TopTable).focus()
        else:
            self.show_graph()

    def show_graph(self) -> None:
        self.remove_class("-functions")
        self.query_one(FlameGraph).focus()

    def action_search(self) -> None:
        field = self.query_one("#search", Input)
        field.display = True
        field.focus()

    @on(Input.Changed, "#search")
    def _on_typed(self, event: Input.Changed) -> None:
        if self.graph is not None and self.query_one("#search").display:
            self._highlight(search(self.graph, event.value) if event.value else None)

    @on(Input.Submitted, "#search")
    def _on_searched(self) -> None:
        self._end_search()
        self.query_one(FlameGraph).action_match(1)

    def _end_search(self) -> None:
        self.query_one("#search").display = False
        self.show_graph()

    def action_callers(self) -> None:
        self.callers = not self.callers
        self.load()

    def action_back(self) -> None:
        """Close what is open, one thing after the other: the search, its matches, the zoom, the screen."""
        view, field = self.query_one(FlameGraph), self.query_one("#search", Input)
        if field.display:
            field.value = ""
            self._highlight(None)
            self._end_search()
        elif self.focused is not view:
            self.show_graph()
        elif view.matches is not None:
            self._highlight(None)
        elif view.zoomed >= 0:
            view.action_reset()
        else:
            self.leave()

    def leave(self) -> None:
        """To the screen before, out of the program where there is none."""
        if len(self.app.screen_stack) > 2:  # Textual's own is below all
            self.dismiss()
        else:
            self.app.exit()

    @work(exclusive=True, group="files")
    async def action_open(self) -> None:
        """Show the SVG in a browser; it is written first, where it is not yet."""
        if not self.document.picture:
            path = os.path.join(tempfile.mkdtemp(prefix="resq-flame-"), "flamegraph.svg")
            if not await self._write(path):
                return
        shown = await asyncio.to_thread(browser.show, self.document.picture)
        self.notify(
            self.document.picture, title="Opened" if shown else "No browser to open here; the picture is", markup=False
        )

    @work(exclusive=True, group="files")
    async def action_save(self) -> None:
        from resq_flame.tui.screens.prompt import PromptScreen

        known = os.path.relpath(self.document.picture) if self.document.picture else "flamegraph.svg"
        path = await self.app.push_screen_wait(PromptScreen("Save as", known, f"{', '.join(SUFFIXES)}"))
        if path and await self._write(path):
            self.notify(self.document.picture, title="Saved", markup=False)

    async def _write(self, path: str) -> bool:
        try:
            written = await asyncio.to_thread(save, self.document, path)
        except (StageError, OSError) as error:
            self.notify(str(error), severity="error", markup=False)
            return False
        self.document = replace(self.document, picture=written)
        return True

    @work(exclusive=True, group="files")
    async def action_baseline(self) -> None:
        document = self.document
        if not document.name or not document.files:
            self.notify("only what was profiled from the list of targets can be a baseline", severity="warning")
            return
        try:
            with tempfile.TemporaryDirectory(prefix="resq-flame-") as folder:
                place = (document.root, document.name, document.files, Path(folder))
                baseline = await past.make_baseline(Programs(self._hear), *place)
        except (StageError, OSError) as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.notify(str(baseline), title="The baseline from now on", markup=False)

    @work(exclusive=True, group="files")
    async def action_diff(self) -> None:
        """What changed since a profile of the past, as a result of its own."""
        from resq_flame.tui.screens.past import PastScreen

        document = self.document
        if document.differential:
            self.notify("this is a comparison already: Esc goes back", severity="warning")
            return
        before = await self.app.push_screen_wait(PastScreen(past.known(document.root, document.name, document.files)))
        if before is None:
            return
        try:
            with tempfile.TemporaryDirectory(prefix="resq-flame-") as folder:
                found = await compared(Programs(self._hear), before, document, Path(folder))
        except (StageError, OSError) as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.app.push_screen(ResultScreen(found))

    def _hear(self, said: str) -> None:
        self.notify(said, markup=False)
