"""The profiles of the past: ``.flame/NAME/history/``, an entry a capture.

    2026-11-25T03-47-09.120Z.folded.gz      folded stacks, as they were captured; -1, -2, … before .folded.gz for rounds
    2026-11-25T03-47-09.120Z.json           {"captured": "2026-…Z", "revision": "5c406f2…", "rounds": 1, …}

An entry is there once its .json is. Commands name entries as NAME@latest, NAME@-1 (the one before), NAME@abc123 (the
last of a revision, or of what git knows by that name) and NAME@2026-11-24 (the last of that day).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from resq_flame import stage

STORE = ".flame"
FOLDER = "history"

_REFERENCE = re.compile(r"(\w[\w.-]*)@([\w./~^-]+)")
_HASH = re.compile(r"[0-9a-f]{4,40}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A profile of the past: a file a round."""

    name: str
    folder: Path
    captured: datetime
    revision: str
    rounds: int

    @property
    def files(self) -> list[Path]:
        return [self.folder / name for name in _files(self.name, self.rounds)]


def entries(folder: Path) -> list[Entry]:
    """The entries in a history folder, the oldest first. What is none is left alone."""
    found = []
    for path in sorted(folder.glob("*.json")):
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
            said = json.loads(path.read_text("utf-8"))
            captured = datetime.fromisoformat(said["captured"])
            found.append(Entry(path.stem, folder, captured, str(said["revision"]), int(said["rounds"])))
    return found


def add(folder: Path, profiles: Sequence[bytes], captured: datetime, revision: str) -> Entry:
    """Keep the rounds of a capture. Again the same capture, folded otherwise, takes the place of what it was."""
    name = captured.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z").replace(":", "-")
    folder.mkdir(parents=True, exist_ok=True)
    entry = Entry(name, folder, captured, revision, len(profiles))
    for file, content in zip(entry.files, profiles, strict=True):
        stage.write(str(file), [compressed(content)])
    said = {"captured": captured.isoformat(), "revision": revision, "rounds": len(profiles)}
    stage.write(str(folder / f"{name}.json"), [json.dumps(said).encode(), b"\n"])
    return entry


def prune(folder: Path, keep: int, days: int, today: datetime) -> list[Entry]:
    """Remove all but the last ``keep`` entries, and those older than ``days``. The last one stays."""
    known = entries(folder)
    oldest = today - timedelta(days=days)
    gone = [
        entry
        for place, entry in enumerate(reversed(known))
        if place and (place >= max(keep, 1) or entry.captured < oldest)
    ]
    for entry in gone:
        (folder / f"{entry.name}.json").unlink(missing_ok=True)  # first: without it there is no entry
        for file in entry.files:
            file.unlink(missing_ok=True)
    return gone


def root(here: Path) -> Path:
    """The folder with the pipelines: this one or one above. Raises StageError."""
    found = next((one for one in (here, *here.parents) if (one / "pipelines").is_dir() or (one / STORE).is_dir()), None)
    if found is None:
        raise stage.StageError(f"expected a folder with pipelines/ or {STORE}/ here or above, found none")
    return found


def of_target(name: str, here: Path) -> Path:
    """The history folder of a target."""
    return root(here) / STORE / name / FOLDER


def expand(paths: Sequence[str], here: Path | None = None) -> list[str]:
    """The paths, and for a NAME@WHICH the files of that entry. Raises StageError where there is no such entry."""
    found: list[str] = []
    for path in paths:
        reference = _REFERENCE.fullmatch(path)
        if reference is None or os.path.exists(path):
            found.append(path)
        else:
            found += map(str, find(reference[1], reference[2], here or Path.cwd()).files)
    return found


def find(name: str, which: str, here: Path) -> Entry:
    """The entry NAME@WHICH. Raises StageError."""
    known = entries(of_target(name, here))
    if not known:
        raise stage.StageError(
            f"{name}@{which}: expected profiles in {STORE}/{name}/{FOLDER}, found none (doit profile:{name})"
        )
    if which == "latest":
        return known[-1]
    if re.fullmatch(r"-\d+", which):
        back = int(which[1:])
        if back >= len(known):
            raise stage.StageError(
                f"{name}@{which}: expected at most @-{len(known) - 1}, as there are {len(known)} profiles"
            )
        return known[-1 - back]
    matching = [entry for entry in known if _is(entry, which)] or _of_commit(known, which, here)
    if not matching:
        raise stage.StageError(
            f"{name}@{which}: expected latest, -N, a day or a revision, found no such one (resq-flame history {name})"
        )
    return matching[-1]


def compressed(content: bytes) -> bytes:
    """gzip without name, time or system: same content, same bytes."""
    import gzip
    import io

    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as file:
        file.write(content)
    return out.getvalue()


def _is(entry: Entry, which: str) -> bool:
    return entry.name.startswith(which) or bool(_HASH.fullmatch(which) and entry.revision.startswith(which))


def _of_commit(known: Sequence[Entry], which: str, here: Path) -> list[Entry]:
    """Those captured at what git calls ``which``: a branch, a tag, HEAD~2."""
    command = ["git", "rev-parse", "--verify", "--quiet", "--end-of-options", f"{which}^{{commit}}"]
    try:
        done = subprocess.run(command, cwd=here, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    commit = done.stdout.strip()
    return [entry for entry in known if commit and entry.revision.startswith(commit)]


def _files(name: str, rounds: int) -> list[str]:
    numbers = [""] if rounds == 1 else [f"-{number}" for number in range(1, rounds + 1)]
    return [f"{name}{number}.folded.gz" for number in numbers]
