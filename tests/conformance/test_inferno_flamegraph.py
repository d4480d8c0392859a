"""Our folded stream is the ecosystem's: inferno-flamegraph draws the same boxes from it as resq-render."""

from __future__ import annotations

import html
import re
from collections import Counter

import pytest

from captures import FIXTURES
from programs import run, run_stage
from requirements import needs

TITLE = re.compile(rb"<title>([^<]*) \(([\d,]+) [^<,]*, [\d.]+%\)</title>")
PROFILES = ("perf/perf-6.1-system-wide.txt", "py-spy/py-spy-0.4-raw.txt", "pprof/go-1.26-cpu.pb")


def boxes(svg: bytes) -> Counter[tuple[str, int]]:
    """Name and weight of every box but the root, which each tool names its own way."""
    found = [(html.unescape(name.decode()), int(weight.replace(b",", b""))) for name, weight in TITLE.findall(svg)]
    return Counter(box for box in found if box[0] != "all")


@pytest.mark.parametrize("profile", PROFILES)
def test_draws_the_same_graph(profile: str) -> None:
    stream = run_stage("fold", str(FIXTURES / profile)).stdout
    theirs = run([needs("inferno-flamegraph"), "--minwidth", "0"], stream).stdout
    ours = run_stage("render", "--minwidth", "0", stdin=stream).stdout
    assert boxes(ours) == boxes(theirs)
    assert boxes(ours)
