"""A profile that is looked at: its stacks, how it is drawn, where it came from."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from resq_flame import folded, inputs, stage
from resq_flame.folded import Differential, Folded
from resq_flame.render.options import Options
from resq_flame.stage import EmptyError
from resq_flame.tui.past import Past
from resq_flame.tui.programs import Programs
from resq_flame.units import quantity

PROG = "resq-flame"

SUFFIXES = (".svg", ".html", ".folded", ".json", ".speedscope.json")
"""By which a profile is saved."""


@dataclass(frozen=True, slots=True)
class Document:
    """``name`` is that of its target, under which baseline and earlier runs are kept below ``root``; empty for none."""

    profile: Folded | Differential
    title: str
    name: str = ""
    options: Options = field(default_factory=Options)
    picture: str = ""
    """Where its SVG is, once it is written."""
    root: Path = field(default_factory=Path.cwd)
    files: tuple[Path, ...] = ()
    """Its rounds, as they were folded: what a comparison reads."""
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of the stages that a comparison runs through."""

    @property
    def differential(self) -> bool:
        return isinstance(self.profile, Differential)

    def summary(self) -> str:
        """How much there is, and where it came from."""
        unit, source = self.profile.meta.unit, self.profile.meta.source
        if isinstance(self.profile, Differential):
            before, after = (quantity(whole, unit) for whole in wholes(self.profile))
            return f"{before} before, {after} after"
        said = quantity(folded.total(self.profile.stacks.values()), unit)
        return f"{said} from {source}" if source else said


def read(path: str) -> Document:
    """The profile in a file of any known format. Raises StageError."""
    try:
        profile = inputs.read(PROG, path)
    except OSError as error:
        raise stage.StageError(f"{path}: {error.strerror or error}") from None
    name = "stdin" if path == stage.STDIO else os.path.basename(path)
    files = () if path == stage.STDIO else (Path(path).absolute(),)
    return checked(Document(profile, name, options=Options(title=name), files=files))


def checked(document: Document) -> Document:
    """The same. Raises StageError where nothing in it weighs anything: there is nothing to draw."""
    if not document.profile.stacks or not any(map(_weighs, document.profile.stacks.values())):
        raise EmptyError(document.title)
    return document


async def compared(programs: Programs, before: Past, after: Document, folder: Path) -> Document:
    """What changed since ``before``, by the stages that a pipeline runs. Raises StageError."""
    files = after.files or (_dumped(after, folder / "after.folded"),)
    both, found = folder / "compared.folded", folder / "diff.folded"
    sides = ["--before", *map(str, before.files), "--after", *map(str, files)]
    await programs.run("diff", *after.flags.get("diff", ()), f"--output={both}", *sides)
    await programs.run("merge", *after.flags.get("merge", ()), f"--output={found}", "--", str(both))
    profile = await asyncio.to_thread(stage.read_folded, PROG, str(found))
    title = f"{after.title}, since the {before.title}"
    return Document(profile, title, options=replace(after.options, title=title))


def _dumped(document: Document, path: Path) -> Path:
    stage.write(str(path), folded.dump(document.profile))
    return path


def save(document: Document, path: str) -> str:
    """Write the profile as the suffix of the path says: a picture, or data for other tools. Gives the whole path."""
    from resq_flame.render.formats import FORMATS

    place = Path(path).expanduser().absolute()
    suffix = next((one for one in reversed(SUFFIXES) if place.name.lower().endswith(one)), None)
    if suffix is None:
        raise stage.StageError(f"{path}: expected a name that ends in one of {', '.join(SUFFIXES)}")
    draw = FORMATS[suffix.split(".")[1]].draw
    stage.write(str(place), list(draw(document.profile, document.options)))
    return str(place)


def wholes(profile: Differential) -> tuple[folded.Number, folded.Number]:
    """What each side weighs."""
    plain = folded.summed(profile).stacks.values()
    return folded.total(row[0] for row in plain), folded.total(row[1] for row in plain)


def _weighs(weight: folded.Number | tuple[folded.Number, ...]) -> bool:
    return any(weight) if isinstance(weight, tuple) else bool(weight)
