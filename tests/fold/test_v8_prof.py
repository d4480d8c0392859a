"""V8's own sampling log in its two forms, JSON (v8-prof) and the summary (v8-prof-text)."""

from __future__ import annotations

import json

import pytest

from captures import FIXTURES, folding, selves, stacks
from resq_flame.fold.ledger import ProfileError

JSON = FIXTURES / "v8-prof/node-20.20-preprocess.json.gz"
TEXT = FIXTURES / "v8-prof-text/node-20.20-prof-process.txt"

CODE = [
    {"name": "serve /app/a b.js:5:10", "type": "JS", "kind": "Opt"},
    {"name": " /app/a b.js:1:1", "type": "JS", "kind": "Unopt"},
    {"name": "T v8::internal::Heap::Scavenge(int)", "type": "CPP"},
    {"name": "/usr/lib/libc.so.6", "type": "SHARED_LIB"},
]


def log(*ticks: tuple[int, list[int]]) -> bytes:
    return json.dumps(
        {"code": CODE, "functions": [], "ticks": [{"tm": 1, "vm": vm, "s": s} for vm, s in ticks]}
    ).encode()


TICKS = {
    "leaf first, with offsets": ((0, [0, 99, 1, 5]), "(anonymous) (a b.js:1);serve"),
    "an address outside of all code": ((6, [-1, 12345, 0, 1]), "serve;[unknown]"),
    "C++, and what nm put before it": ((6, [2, 0]), "v8::internal::Heap::Scavenge"),
    "a library": ((6, [3, 0]), "[libc.so.6]"),
    "while the garbage collector ran": ((1, [0, 1]), "serve;(garbage collector)"),
}


@pytest.mark.parametrize(("tick", "stack"), TICKS.values(), ids=TICKS)
def test_a_tick(tick: tuple[int, list[int]], stack: str) -> None:
    assert stacks(log(tick)) == {stack: 1}


def test_idle_ticks_are_left_out_and_counted() -> None:
    profile, ledger = folding(log((8, [3, 0]), (0, [0, 1])))
    assert profile.stacks == {"serve": 1}
    assert ledger.dropped == {"idle samples": (1, 1)}
    assert len(stacks(log((8, [3, 0]), (0, [0, 1])), idle=True)) == 2


def test_a_code_object_that_is_not_there_is_refused() -> None:
    with pytest.raises(ProfileError, match="one of 4 code objects, found b'9'"):
        folding(log((0, [9, 1])))


def test_lines_are_added_if_asked_for() -> None:
    assert stacks(log((0, [0, 1])), lines=True) == {"serve (a b.js:5)": 1}


def test_all_ticks_are_accounted_for() -> None:
    profile, ledger = folding(TEXT)
    assert sum(profile.stacks.values()) + sum(weight for _, weight in ledger.dropped.values()) == 1868
    profile, ledger = folding(JSON)
    assert sum(profile.stacks.values()) + sum(weight for _, weight in ledger.dropped.values()) == 1868


def test_the_summary_agrees_with_the_whole() -> None:
    whole, summary = selves(folding(JSON)[0]), selves(folding(TEXT)[0])
    assert [name for name, _ in summary.most_common(2)] == [name for name, _ in whole.most_common(2)]
    assert all(abs(whole[name] - summary[name]) <= 2 for name in summary)


def test_ticks_whose_callers_are_not_shown_begin_there() -> None:
    summary = b"""Statistical profiling result from v8.log, (10 ticks, 0 unaccounted, 0 excluded).

 [Bottom up (heavy) profile]:
   ticks parent  name
      9   90.0%  JS: *work file:///app/a.js:2:17
      6   66.7%    JS: ^main file:///app/a.js:6:15
      2   22.2%    /usr/bin/node
"""
    profile, ledger = folding(summary)
    assert profile.stacks == {"main;work": 6, "/usr/bin/node;work": 2, "work": 1}
    assert ledger.dropped == {"samples of functions that the summary does not show": (1, 1)}


def test_a_summary_without_its_tree_is_refused() -> None:
    with pytest.raises(ProfileError, match="bottom-up profile"):
        folding(b"Statistical profiling result from v8.log, (10 ticks, 0 unaccounted, 0 excluded).\n")


def test_the_log_itself_is_refused_with_the_command_that_reads_it() -> None:
    with pytest.raises(ProfileError, match="node --prof-process --preprocess"):
        folding(b"v8-version,11,3,244,8,-node.33,0\nv8-platform,linux,linux\n")
