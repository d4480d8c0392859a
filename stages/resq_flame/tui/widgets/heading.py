"""The line on top of a screen: what is shown, and what of it."""

from __future__ import annotations

from rich.text import Text
from textual.widget import Widget


class Heading(Widget):
    """A title and a remark behind it; a state at the right end."""

    def __init__(self, title: str, remark: str = "") -> None:
        super().__init__()
        self._title, self._remark, self._state = title, remark, ""

    def say(self, *, title: str | None = None, remark: str | None = None, state: str | None = None) -> None:
        self._title = self._title if title is None else title
        self._remark = self._remark if remark is None else remark
        self._state = self._state if state is None else state
        self.refresh()

    def render(self) -> Text:
        variables, plain = self.app.theme_variables, self.app.no_color
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(self._title, "bold" if plain else f"bold {variables['primary']}")
        if self._remark:
            line.append(f"  {self._remark}", "" if plain else variables["muted"])
        state = Text(self._state)
        line.truncate(max(0, self.size.width - state.cell_len - 2), overflow="ellipsis")
        line.append(" " * max(1, self.size.width - line.cell_len - state.cell_len))
        return line.append_text(state)
