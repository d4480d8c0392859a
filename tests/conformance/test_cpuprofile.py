"""CPU profiles of V8 against an oracle of their own times: what each node's samples last, summed up by its stack."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from captures import CAPTURES, content, folding, name_of, selves
from requirements import needs

V8_CAPTURES = [path for path in CAPTURES if path.parent.name == "cpuprofile"]

BURNER = """
function hotLoop(n) { let h = 0; for (let i = 0; i < n; i++) h = (Math.imul(h, 31) + i) | 0; return h }
function warmLoop(n) { let h = 0; for (let i = 0; i < n; i++) h = (Math.imul(h, 17) ^ i) | 0; return h }
const end = Date.now() + 1000
while (Date.now() < end) { hotLoop(3e5); warmLoop(1e5) }
"""


def oracle(profile: dict[str, Any]) -> Counter[tuple[str, ...]]:
    """Microseconds by the names from the root, from the absolute time of each sample."""
    names: dict[int, tuple[str, ...]] = {}

    def walk(key: int, above: tuple[str, ...]) -> None:
        node = by_id[key]
        names[key] = (*above, node["callFrame"]["functionName"] or "(anonymous)")
        for child in node.get("children", []):
            walk(child, names[key])

    by_id = {node["id"]: node for node in profile["nodes"]}
    walk(profile["nodes"][0]["id"], ())
    now, starts = profile["startTime"], []
    for delta in profile["timeDeltas"]:
        now += delta
        starts.append(now)
    ends = [*starts[1:], profile["endTime"]]
    found: Counter[tuple[str, ...]] = Counter()
    for key, start, end in zip(profile["samples"], starts, ends, strict=True):
        stack = names[key][1:]
        if stack and stack != ("(idle)",):
            found[stack] += max(0, end - start)
    return found


def check(capture: bytes) -> None:
    document = json.loads(capture)
    expected = oracle(document.get("result", {}).get("profile", document))
    found = {tuple(stack.split(";")): weight for stack, weight in folding(capture, lines=False)[0].stacks.items()}
    assert found.keys() == expected.keys()
    for stack, weight in found.items():
        assert weight == pytest.approx(expected[stack], abs=1)  # the ends of Bun's profiles are floats


@pytest.mark.parametrize("path", V8_CAPTURES, ids=name_of)
def test_captures(path: Path) -> None:
    check(content(path))


def test_a_profile_that_node_takes_now(tmp_path: Path) -> None:
    (tmp_path / "burner.js").write_text(BURNER)
    command = [needs("node"), "--cpu-prof", "--cpu-prof-name=a.cpuprofile", "burner.js"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    capture = (tmp_path / "a.cpuprofile").read_bytes()
    check(capture)
    assert [name for name, _ in selves(folding(capture)[0]).most_common(2)] == ["hotLoop", "warmLoop"]
