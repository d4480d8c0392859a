"""The recorded profiles under fixtures/, one folder a format, and what folding makes of them."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

from resq_flame import compressed, fold
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.options import Options
from resq_flame.folded import Folded

FIXTURES = Path(__file__).parents[1] / "fixtures"

CAPTURES = sorted(
    path for name in fold.FORMATS for path in (FIXTURES / name).glob("*") if path.suffix not in (".folded", ".md")
)


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def beside(path: Path) -> Path:
    """The stream that a capture folds to."""
    return path.with_name(path.name.removesuffix(".gz")).with_suffix(".folded")


def content(path: Path) -> bytes:
    """The profile itself, without compression."""
    with path.open("rb") as file:
        return compressed.peel(file, path.name).read()


def folding(profile: bytes | Path, format_name: str | None = None, **options: object) -> tuple[Folded, Ledger]:
    """What a profile folds to, and the account of it."""
    ledger = Ledger()
    given = content(profile) if isinstance(profile, Path) else profile
    return fold.fold(io.BytesIO(given), Options(**options), ledger, format_name), ledger  # type: ignore[arg-type]


def stacks(profile: bytes | Path, format_name: str | None = None, **options: object) -> dict[str, object]:
    return dict(folding(profile, format_name, **options)[0].stacks)


def selves(profile: Folded) -> Counter[str]:
    """The weight of each frame as a leaf."""
    found: Counter[str] = Counter()
    for stack, weight in profile.stacks.items():
        found[stack.rpartition(";")[2]] += weight  # type: ignore[assignment]
    return found


def totals(profile: Folded) -> Counter[str]:
    """The weight of each frame with all it calls; recursion counts once."""
    found: Counter[str] = Counter()
    for stack, weight in profile.stacks.items():
        for frame in set(stack.split(";")):
            found[frame] += weight  # type: ignore[assignment]
    return found
