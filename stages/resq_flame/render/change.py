"""How much each frame of a differential graph grew or shrank."""

from __future__ import annotations

from dataclasses import dataclass

from resq_flame.render import palette, style
from resq_flame.render.layout import Layout
from resq_flame.render.options import SELF, Options


@dataclass(frozen=True, slots=True)
class Change:
    """The difference of each frame, and the largest there is."""

    deltas: list[float]
    most: float

    @classmethod
    def of(cls, boxes: Layout, options: Options) -> Change | None:
        """By totals, or by what the frames themselves have; None of a profile with one side."""
        if boxes.before is None:
            return None
        new, old = (side.own if options.delta == SELF else side.total for side in (boxes.after, boxes.before))
        deltas = [float(after - before) for after, before in zip(new, old, strict=True)]
        return cls([-delta for delta in deltas] if options.negate else deltas, max(map(abs, deltas), default=0.0))

    def fill(self, index: int) -> str:
        return style.level_class(palette.level(self.deltas[index], self.most))
