"""The stages as programs: their messages line by line, their end by the signal that they keep what they have for."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from resq_flame.stage import StageError

Say = Callable[[str], None]


class Programs:
    """Runs stages, one at a time. ``say`` hears what they say on stderr, without their names."""

    def __init__(self, say: Say, folder: Path | None = None) -> None:
        self._say, self._folder = say, folder
        self._process: asyncio.subprocess.Process | None = None
        self.stopped = False

    async def run(self, stage: str, *arguments: str, secrets: Mapping[str, str] | None = None) -> None:
        """Run a stage to its end. Raises StageError with its last words where it failed.

        With ``secrets``, those of the environment are left out: resq-capture would take a token before an API key.
        """
        from resq_flame.pipeline.environment import API_KEY, TOKEN, of_stage

        inside = of_stage(os.environ)
        if secrets:
            inside = {name: value for name, value in inside.items() if name not in (TOKEN, API_KEY)} | dict(secrets)
        self._process = process = await asyncio.create_subprocess_exec(
            *program(stage, arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=inside,
            cwd=self._folder,
        )
        try:
            last = await self._listen(process)
            code = await process.wait()
        finally:
            if process.returncode is None:  # whoever awaited this is gone; a capture ends what it started
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
            self._process = None
        if code:
            raise StageError(last or f"resq-{stage} ended with code {code}")

    def stop(self) -> None:
        """Ask the stage to end and to keep what it has; the second time, to end at once."""
        self.stopped = True
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT)

    async def _listen(self, process: asyncio.subprocess.Process) -> str:
        last = ""
        assert process.stderr is not None
        async for line in process.stderr:
            said = line.decode(errors="replace").rstrip()
            if said:
                last = said.partition(": ")[2] if said.startswith("resq-") else said
                self._say(last)
        return last


def program(stage: str, arguments: Sequence[str]) -> list[str]:
    """The command line of a stage; what lies in the current folder is no module of ours."""
    return [sys.executable, "-P", "-m", f"resq_flame.{stage}", *arguments]
