"""Pictures drawn by inferno-flamegraph, for those who want the picture that they know."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

from resq_flame import folded, stage
from resq_flame.folded import Differential, Folded
from resq_flame.render.options import Options

PROGRAM = "inferno-flamegraph"

# Our options that it has under the same name, with a value or without one.
_VALUES = (
    *("title", "subtitle", "notes", "width", "height", "fonttype", "fontsize", "fontwidth", "nametype", "factor"),
    *("colors", "bgcolors", "search_color", "nameattr"),
)
_SWITCHES = ("inverted", "reverse", "negate", "no_sort")
_OWN_PALETTES = ("chain",)


def check(options: Options) -> str:
    """The path of the program. Raises StageError where it is not installed, UsageError for what it does not know."""
    default = Options()
    if options.delta != default.delta or options.colors in _OWN_PALETTES:
        given = "--delta self" if options.delta != default.delta else f"--colors {options.colors}"
        raise stage.UsageError(f"{given}: {PROGRAM} does not know it (--renderer resq does)")
    if (program := shutil.which(PROGRAM)) is None:
        raise stage.StageError(f"{PROGRAM} is not installed (cargo install inferno); --renderer resq needs nothing")
    return program


def draw(profile: Folded | Differential, options: Options) -> bytes:
    """An SVG by inferno. Raises what ``check`` does, and StageError where it fails."""
    plain = folded.summed(profile) if isinstance(profile, Differential) else profile
    command = [check(options), *_flags(options, profile.meta.unit)]
    done = subprocess.run(command, input=b"".join(folded.dump(plain, header=False)), capture_output=True, check=False)
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise stage.StageError(f"{PROGRAM} failed: {said[-1] if said else f'exit code {done.returncode}'}")
    return done.stdout


def _flags(options: Options, unit: str) -> Iterator[str]:
    """Only what differs from our own defaults: for the rest, its defaults are the picture that its users know."""
    default = Options()
    yield f"--countname={options.countname or unit}"
    if not options.random:
        yield "--deterministic"
    if options.minwidth != default.minwidth:
        yield f"--minwidth={100 * options.minwidth:g}"
    for name in _VALUES:
        if (value := getattr(options, name)) != getattr(default, name):
            yield f"--{name.replace('_', '-')}={value}"
    yield from (f"--{name.replace('_', '-')}" for name in _SWITCHES if getattr(options, name))
    yield from (f"--base={name}" for name in options.base)
