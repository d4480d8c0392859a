"""What a format learns beside the samples, and what it left out: nothing is lost in silence."""

from __future__ import annotations

from dataclasses import dataclass, field

from resq_flame.folded import Number, text

SECOND = "expected one profile, found a second one behind it: fold each by itself, resq-merge adds them up"


class ProfileError(ValueError):
    """The profile is not what its format says. The message tells where, what was expected, what was found."""


class OptionError(ProfileError):
    """A flag names something that this profile does not have: bad usage, not a bad profile."""


@dataclass(slots=True)
class Ledger:
    """The account of one folding: ``input total = output total + dropped``.

    ``unit`` is what the weights are; a format sets it before its last sample. ``source`` is
    said by a format that carries another one's data. ``name`` is the input, for messages.
    """

    name: str = "<stdin>"
    unit: str = "samples"
    source: str = ""
    notes: list[str] = field(default_factory=list)
    dropped: dict[str, tuple[int, Number]] = field(default_factory=dict)

    def drop(self, what: str, weight: Number = 1, count: int = 1) -> None:
        """Count ``count`` things that were left out (``"idle samples"``), together of this weight."""
        times, weights = self.dropped.get(what, (0, 0))
        self.dropped[what] = (times + count, weights + weight)

    def note(self, message: str) -> None:
        """Something the user should know about the profile; said once."""
        if message not in self.notes:
            self.notes.append(message)

    def lines(self) -> list[str]:
        """All that is to be said on stderr, a line each."""
        said = [f"{self.name}: {note}" for note in self.notes]
        if self.dropped:
            parts = [self._dropped(what, *amount) for what, amount in self.dropped.items()]
            said.append(f"{self.name}: left out {', '.join(parts)}")
        return said

    def _dropped(self, what: str, count: int, weight: Number) -> str:
        return f"{count} {what}" if weight == count else f"{count} {what} ({text(weight)} {self.unit})"
