"""pprof profiles fold to what Go's own ``go tool pprof -raw`` reads in them."""

from __future__ import annotations

import os
import random
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from captures import CAPTURES, folding, name_of
from requirements import needs
from resq_flame.fold import pprof

PPROF_CAPTURES = [path for path in CAPTURES if path.parent.name == "pprof"]

_SAMPLE = re.compile(r"^ *((?:-?\d+ +)*-?\d+):([ \d]*)$")
_LOCATION = re.compile(r"^ *(\d+): 0x[0-9a-f]+ (?:M=\d+ )?(.*)$")
_FUNCTION = re.compile(r"^(.*) \S*:\d+:\d+ s=-?\d+")


def raw(path: Path) -> str:
    """The text of a profile. PPROF_TMPDIR keeps pprof from leaving a copy in the home directory."""
    command = [needs("go"), "tool", "pprof", "-raw", "-symbolize=none", str(path)]
    environment = {**os.environ, "PPROF_TMPDIR": str(path.parent)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120).stdout


def function(text: str) -> str:
    found = _FUNCTION.match(text.strip())
    return found[1].replace(";", ":") if found else ""


def read(text: str) -> tuple[list[str], list[tuple[list[int], list[int]]], dict[int, list[str]]]:
    """The sample types, each sample's values and locations, and each location's functions, the innermost first."""
    body, _, rest = text.partition("Samples:\n")[2].partition("\nLocations\n")
    types, *lines = body.splitlines()
    samples = [
        ([int(value) for value in found[1].split()], [int(key) for key in found[2].split()])
        for line in lines
        if (found := _SAMPLE.match(line))
    ]
    locations: dict[int, list[str]] = {}
    for line in rest.partition("\nMappings")[0].splitlines():
        if found := _LOCATION.match(line):
            locations[int(found[1])] = [function(found[2])]
        elif locations:
            locations[max(locations)].append(function(line))
    return [name.split("/")[0] for name in types.replace("[dflt]", "").split()], samples, locations


def stacks(text: str, sample_type: str) -> Counter[str]:
    types, samples, locations = read(text)
    found: Counter[str] = Counter()
    for values, keys in samples:
        frames = [name for key in keys for name in locations[key]]
        if frames and (weight := values[types.index(sample_type)]):
            found[";".join(frames[::-1])] += weight
    return found


@pytest.mark.parametrize("path", PPROF_CAPTURES, ids=name_of)
def test_captures(path: Path, tmp_path: Path) -> None:
    (tmp_path / path.name).write_bytes(path.read_bytes())
    text = raw(tmp_path / path.name)
    for sample_type in read(text)[0]:
        assert folding(path, sample_type=sample_type)[0].stacks == stacks(text, sample_type)


def test_random_profiles_with_drop_and_keep_frames(tmp_path: Path) -> None:
    dice = random.Random(11)
    names = [
        "main",
        "alloc",
        "alloc::fast",
        "operator new(unsigned long)",
        "(anonymous namespace)::f(int)",
        ".glue",
        "k",
    ]
    for number in range(12):
        profile = random_profile(dice, names)
        path = tmp_path / f"{number}.pb"
        path.write_bytes(profile)
        assert folding(path)[0].stacks == stacks(raw(path), "space"), path


def random_profile(dice: random.Random, names: list[str]) -> bytes:
    drop, keep = (
        dice.choice(["alloc.*|operator new|glue", r"\(anonymous namespace\)::f|k", "main"]),
        dice.choice(["", "k"]),
    )
    table = ["", "space", "bytes", "a.c", drop, keep, *names]
    profile = pprof.messages()["Profile"](
        string_table=[entry.encode() for entry in table], drop_frames=4, keep_frames=5
    )
    profile.sample_type.add(type=1, unit=2)
    profile.mapping.add(id=1, memory_limit=1 << 20, has_functions=True)
    for at in range(1, len(names) + 1):
        profile.function.add(id=at, name=at + 5, filename=3)
    for key in range(1, 16):
        location = profile.location.add(id=key, mapping_id=1, address=key * 16)
        for _ in range(dice.choice([1, 1, 2, 3])):
            location.line.add(function_id=dice.randint(1, len(names)), line=key)
    for _ in range(30):
        profile.sample.add(location_id=dice.choices(range(1, 16), k=dice.randint(1, 6)), value=[dice.randint(1, 99)])
    return bytes(profile.SerializeToString())
