"""A line of a form: its label, what is typed, what is wrong with it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label, Static


class Line(Input):
    """The keys that work in every line of a form; the footer names them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Profile"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]


class Field(Vertical):
    """``name`` is that of the flag; a secret is masked. What is wrong stands below."""

    def __init__(self, name: str, label: str, value: str, hint: str, *, secret: bool = False) -> None:
        super().__init__(id=f"field-{name}")
        self.flag = name
        self._label, self._value, self._hint, self._secret = label, value, hint, secret

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Label(self._label)
            yield Line(self._value, placeholder=self._hint, password=self._secret, select_on_focus=False)
        yield Static("", classes="problem", markup=False)

    @property
    def value(self) -> str:
        return self.query_one(Input).value.strip()

    def show_problem(self, said: str) -> None:
        self.query_one(".problem", Static).update(said)
        self.set_class(bool(said), "-wrong")
