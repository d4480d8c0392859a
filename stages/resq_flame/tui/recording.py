"""A plan carried out: capture, fold, merge, render, each stage a program as in a pipeline."""

from __future__ import annotations

import argparse
import asyncio
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from resq_flame import capture, stage
from resq_flame.render import options
from resq_flame.render.options import Options
from resq_flame.tui import past
from resq_flame.tui.document import Document
from resq_flame.tui.form import Filled
from resq_flame.tui.plan import Plan
from resq_flame.tui.programs import Programs, Say


@dataclass(slots=True)
class Progress:
    """Where a recording is: which step, and since when it records."""

    step: str = ""
    round: int = 0
    begun: float = 0.0


class Recording:
    """One run of a plan, its files in ``folder``."""

    def __init__(self, plan: Plan, filled: Filled, folder: Path, say: Say) -> None:
        self.plan, self.filled, self.folder = plan, filled, folder
        self.progress = Progress()
        self._captured = datetime.now(UTC)
        self._programs = Programs(say, plan.root)

    def stop(self) -> None:
        self._programs.stop()

    @property
    def stopped(self) -> bool:
        return self._programs.stopped

    async def run(self) -> Document:
        """The profile, drawn into its picture. Raises StageError for what fails."""
        profiles = [str(self.folder / f"profile-{number}.folded") for number in range(1, self.plan.rounds + 1)]
        kept = []
        for number, profile in enumerate(profiles, 1):
            await self._round(number, profile)
            kept.append(profile)
            if self.stopped:
                break
        return await self._draw(kept)

    async def _round(self, number: int, profile: str) -> None:
        source = capture.SOURCES[self.plan.source]
        recorded = str(self.folder / f"capture-{number}{source.suffix}")
        command = ["--", *self.plan.command] if self.plan.command else []
        self.progress = Progress("Recording", number, time.monotonic())
        flags = [*self.filled.flags, f"--output={recorded}", *command]
        await self._programs.run("capture", source.name, *flags, secrets=self.filled.secrets)
        self.progress = Progress("Folding", number)
        await self._programs.run("fold", *self._flags("fold"), f"--output={profile}", "--", recorded)

    async def _draw(self, profiles: list[str]) -> Document:
        plan, output, merged = self.plan, self.filled.output, str(self.folder / "merged.folded")
        self.progress = Progress("Drawing", len(profiles))
        await self._programs.run("merge", *self._flags("merge"), f"--output={merged}", "--", *profiles)
        title = f"--title={plan.title}"  # one of the plan's own comes after it
        await self._programs.run("render", title, *self._flags("render"), f"--output={output}", "--", merged)
        profile = await asyncio.to_thread(stage.read_folded, "resq-flame", merged)
        kept = await asyncio.to_thread(past.keep, plan.root, plan.name, [Path(one) for one in profiles], self._captured)
        return Document(profile, plan.title, plan.name, self._options(), output, plan.root, kept, plan.flags)

    def _flags(self, name: str) -> tuple[str, ...]:
        return tuple(self.plan.flags.get(name, ()))

    def _options(self) -> Options:
        parser = argparse.ArgumentParser()
        options.add_arguments(parser)
        given = options.from_arguments(parser.parse_args(self._flags("render")))
        return replace(given, title=given.title or self.plan.title)
