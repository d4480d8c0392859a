"""What a profile can be compared with: the baseline of its target, and the earlier runs in ``.flame/NAME/history/``.

Both are where ``doit`` keeps them, so a run of the terminal interface has those of ``doit profile:NAME`` beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from resq_flame import history, stage
from resq_flame.target.reading import DAYS, KEEP
from resq_flame.tui.programs import Programs

BASELINES = "baselines"


@dataclass(frozen=True, slots=True)
class Past:
    """A profile of the past: what people call it, and its rounds."""

    title: str
    files: tuple[Path, ...]


def keep(root: Path, name: str, profiles: Sequence[Path], captured: datetime) -> tuple[Path, ...]:
    """Put the rounds of a run into the history, which loses what is too old. Gives their files there."""
    from resq_flame import manifest

    folder = _folder(root, name)
    entry = history.add(folder, [path.read_bytes() for path in profiles], captured, manifest.revision())
    history.prune(folder, KEEP, DAYS, datetime.now(UTC))
    return tuple(entry.files)


def known(root: Path, name: str, but: Sequence[Path] = ()) -> list[Past]:
    """The baseline, then the earlier runs, the latest first; without the run whose files ``but`` has."""
    if not name:
        return []
    found = []
    baseline = _baseline(root, name)
    if baseline.exists():
        kept = datetime.fromtimestamp(baseline.stat().st_mtime)
        found.append(Past(f"baseline of {kept:%Y-%m-%d %H:%M}", (baseline,)))
    for entry in reversed(history.entries(_folder(root, name))):
        if entry.files != list(but):
            revision = f", {entry.revision[:10]}" if entry.revision else ""
            found.append(Past(f"run of {entry.captured.astimezone():%Y-%m-%d %H:%M:%S}{revision}", tuple(entry.files)))
    return found


async def make_baseline(programs: Programs, root: Path, name: str, files: Sequence[Path], folder: Path) -> Path:
    """Keep these rounds as the target's baseline. Raises StageError."""
    rounds, baseline = folder / "rounds.folded", _baseline(root, name)
    await programs.run("diff", f"--output={rounds}", "--baseline", *map(str, files))
    baseline.parent.mkdir(exist_ok=True)
    stage.write(str(baseline), [history.compressed(rounds.read_bytes())])
    return baseline


def _folder(root: Path, name: str) -> Path:
    return root / history.STORE / name / history.FOLDER


def _baseline(root: Path, name: str) -> Path:
    return root / BASELINES / f"{name}.folded.gz"
