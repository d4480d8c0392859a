"""perf.data: the same as the text that perf script makes of it, but for frames that only perf can name."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from captures import FIXTURES, content, folding, stacks
from requirements import needs
from resq_flame.fold.ledger import OptionError, ProfileError

RECORDINGS = sorted((FIXTURES / "perf-data").glob("*.data"))
FP = FIXTURES / "perf-data/perf-6.1-fp.perf.data"
ZSTD = FIXTURES / "perf-data/perf-6.1-zstd.perf.data"

CASES = [(path, options) for path in RECORDINGS for options in ({}, {"tid": True}, {"all_events": True})]
CASES += [(ZSTD, {"event": "task-clock"})]


def unnamed(found: dict[str, object]) -> Counter[str]:
    """What the text has of frames without a symbol: their file only."""
    merged: Counter[str] = Counter()
    for stack, weight in found.items():
        merged[re.sub(r"([\w.]+)\+0x[0-9a-f]+", r"[\1]", stack)] += weight  # type: ignore[assignment]
    return merged


@pytest.mark.parametrize(("path", "options"), CASES, ids=lambda value: getattr(value, "name", str(value)))
def test_perf_script_has_the_same(path: Path, options: dict[str, object]) -> None:
    command = [needs("perf"), "script", "-f", "-F", "+pid", "-i", str(path), "--no-inline"]
    text = subprocess.run(command, capture_output=True, check=True).stdout
    assert unnamed(stacks(path, **options)) == unnamed(stacks(text, "perf", **options))


def test_perf_is_asked_for_symbols(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A stand-in for a perf that knows the program: what it says is what frames are called."""
    program = tmp_path / "perf"
    program.write_text("#!/bin/sh\nprintf '\\t1629 hot(long) (/srv/demo/cpus)\\n'\n")
    program.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda _: str(program))
    monkeypatch.setattr("os.path.exists", lambda _: True)
    profile, ledger = folding(FP)
    assert any(stack.endswith(";hot") for stack in profile.stacks)
    assert not any("+0x1629" in stack for stack in profile.stacks)
    assert "symbols of /srv/demo/cpus are not known here" in ledger.notes[0]


def test_without_perf_it_says_what_would_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert "perf script -i FILE" in folding(FP)[1].notes[0]


def test_several_events() -> None:
    assert any("task-clock:u" in what for what in folding(ZSTD)[1].dropped)
    with pytest.raises(OptionError, match="cpu-clock:u"):
        folding(ZSTD, event="cycles")


def test_cut_short_folds_what_is_there() -> None:
    profile, ledger = folding(content(FP)[:4000])
    assert profile.stacks
    assert any("cut short" in note for note in ledger.notes)


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [
        (b"2ELIFREP" + bytes(200), "big-endian"),
        (b"PERFILE2", "cut short"),
        (b"PERFILE2" + (16).to_bytes(8, "little"), "events"),
        (content(FP)[:600], "samples"),
    ],
)
def test_refused(damaged: bytes, reason: str) -> None:
    with pytest.raises(ProfileError, match=reason):
        folding(damaged)
