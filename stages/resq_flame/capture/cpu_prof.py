"""Node and Bun under their own profiler: ``--cpu-prof``, which writes a V8 CPU profile when the program ends.

    node --cpu-prof --cpu-prof-dir=DIR --cpu-prof-interval=100 app.js
    DIR/CPU.20261123.091458.11463.0.001.cpuprofile

Neither writes one when a signal ends it, so a small module is loaded first that makes an ordinary end of it
(--import: Node 18.18, Bun 1.2).
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from resq_flame.capture import PROG, cpuprofile, duration, recorder
from resq_flame.capture import command as started
from resq_flame.stage import StageError, UsageError, say

PATIENCE = 10.0
"""Seconds in which a program that was told to end may write its profile; one that never waits hears nothing."""

_PROGRAM = re.compile(r"(node|nodejs|bun)([\d.-]*|\.exe)")
_LAST_WILL = """\
import { writeFileSync } from 'node:fs';
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit());
writeFileSync(new URL('begun', import.meta.url), '');
"""


def record(command: Sequence[str], seconds: float, interval: int) -> bytes:
    """Run the command for ``seconds`` at most. Raises StageError where it leaves no profile, UsageError for others."""
    started.check(command)
    name = os.path.basename(command[0])
    if not _PROGRAM.fullmatch(name):
        raise UsageError(f"{name}: expected node or bun and its arguments after --, found something else")
    say(PROG, f"profiling {name} for {duration.spoken(seconds)}")
    with tempfile.TemporaryDirectory(prefix="resq-capture-") as folder:
        outcome = _run(command, Path(folder), seconds, interval)
        files = sorted(Path(folder).glob("*.cpuprofile"), key=lambda file: file.stat().st_size)
        if not files:
            raise StageError(
                f"{name}: ended without a profile, exit code {outcome.exit_code} (its own messages are above)"
            )
        if len(files) > 1:
            say(PROG, f"left out {len(files) - 1} smaller profiles, of worker threads or other processes")
        profile = files[-1].read_bytes()
    if outcome.exit_code and not outcome.asked:
        say(PROG, f"{name} ended with exit code {outcome.exit_code}; the samples until then are kept")
    if outcome.stopped:
        say(PROG, "stopped early; the samples until then are kept")
    cpuprofile.check(name, profile)
    return profile


def _run(command: Sequence[str], folder: Path, seconds: float, interval: int) -> recorder.Outcome:
    will = folder / "end.mjs"
    will.write_text(_LAST_WILL)
    with started.stderr_copy() as stderr, os.fdopen(os.dup(stderr), "wb") as out:
        return recorder.record(
            str(shutil.which(command[0])),
            _arguments(command, folder, will, interval),
            recorder.Plan(seconds, PATIENCE, begun=(folder / "begun").exists),
            out=out,
            err=out,
            inherit_stdin=True,
        )


def _arguments(command: Sequence[str], folder: Path, will: Path, interval: int) -> list[str]:
    flags = ["--cpu-prof", f"--cpu-prof-dir={folder}", f"--cpu-prof-interval={interval}", f"--import={will}"]
    if command[1:2] == ["run"]:  # bun run: flags of bun itself stand behind it
        return ["run", *flags, *command[2:]]
    return [*flags, *command[1:]]
