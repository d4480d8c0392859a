from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from captures import FIXTURES, folding, selves, stacks
from resq_flame.fold.ledger import ProfileError

NODE = FIXTURES / "cpuprofile/node-20.20-cpu-prof.cpuprofile"


def node(key: int, name: str, *children: int, url: str = "file:///home/app/a.js", line: int = 4) -> dict[str, Any]:
    return {
        "id": key,
        "callFrame": {"functionName": name, "url": url, "lineNumber": line},
        "children": list(children),
    }


ROOT = node(1, "(root)", 2, 3, 4, url="", line=-1)
NODES = [
    ROOT,
    node(2, "serve", 5),
    node(3, "(idle)", url="", line=-1),
    node(4, "(program)", url="", line=-1),
    node(5, ""),
]


def profile(**changes: object) -> dict[str, Any]:
    """Four samples, from 1000 to 1100."""
    given = {"nodes": NODES, "samples": [2, 5, 3, 4], "timeDeltas": [10, 20, 30, 5], "startTime": 1000, "endTime": 1100}
    return {key: value for key, value in {**given, **changes}.items() if value is not None}


def folded(**changes: object) -> dict[str, object]:
    return stacks(json.dumps(profile(**changes)).encode(), "cpuprofile")


def test_a_sample_lasts_until_the_next_one_and_the_last_until_the_end() -> None:
    assert folded() == {"serve": 20, "serve;(anonymous) (a.js:5)": 30, "(program)": 35}


def test_the_unit_is_microseconds() -> None:
    assert folding(NODE)[0].meta.unit == "microseconds"


def test_idle_time_is_left_out_and_counted() -> None:
    _, ledger = folding(json.dumps(profile()).encode())
    assert ledger.dropped == {"idle samples": (1, 5)}


def test_idle_time_is_kept_if_asked_for() -> None:
    assert stacks(json.dumps(profile()).encode(), idle=True)["(idle)"] == 5


def test_samples_at_the_root_are_counted() -> None:
    _, ledger = folding(json.dumps(profile(samples=[1, 2, 2, 2])).encode())
    assert ledger.dropped == {"samples at (root)": (1, 20)}


def test_a_negative_delta_lasts_nothing_and_is_said() -> None:
    found, ledger = folding(json.dumps(profile(timeDeltas=[10, -20, 30, 5])).encode())
    assert found.stacks["serve"] == 0
    assert "1 samples last less than nothing" in ledger.notes[0]


def test_an_end_before_the_last_sample_lasts_nothing() -> None:
    assert folded(endTime=1001)["(program)"] == 0


def test_fractions_of_a_microsecond_at_the_ends_are_rounded() -> None:
    assert folded(startTime=1000.25, endTime=1100.0)["(program)"] == 35


def test_deltas_may_be_fractions() -> None:
    assert folded(timeDeltas=[10, 20.5, 30, 5])["serve"] == Decimal("20.5")


def test_no_samples_are_an_empty_profile() -> None:
    assert folded(samples=[], timeDeltas=[]) == {}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (None, {"serve", "serve;(anonymous) (a.js:5)", "(program)"}),
        (True, {"serve (a.js:5)", "serve (a.js:5);(anonymous) (a.js:5)", "(program)"}),
        (False, {"serve", "serve;(anonymous)", "(program)"}),
    ],
)
def test_lines(lines: bool | None, expected: set[str]) -> None:
    assert stacks(json.dumps(profile()).encode(), lines=lines).keys() == expected


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("node:internal/timers", " (node:internal/timers:5)"),
        ("https://example.org/static/app.js?v=12#x", " (app.js:5)"),
        ("C:\\app\\app.js", " (app.js:5)"),
        ("webpack:///./src/a%20b.ts", " (a%20b.ts:5)"),
        ("evalmachine.<anonymous>", " (evalmachine.<anonymous>:5)"),
        ("data:text/javascript,1;2", " (data::5)"),
        ("", ""),
    ],
)
def test_the_file_is_the_last_part_of_the_address(url: str, place: str) -> None:
    assert list(folded(nodes=[node(1, "(root)", 2), node(2, "", url=url)], samples=[2], timeDeltas=[0])) == [
        f"(anonymous){place}"
    ]


@pytest.mark.parametrize("wrap", [
    lambda content: {"id": 4, "result": {"profile": content}},
    lambda content: {"profile": content},
    lambda content: {"result": content},
    lambda content: {"method": "Profiler.consoleProfileFinished", "params": {"profile": content}},
])  # fmt: skip
def test_a_profile_inside_a_reply(wrap: Any) -> None:
    assert stacks(json.dumps(wrap(profile())).encode()) == folded()


def test_parents_instead_of_children() -> None:
    nodes = [{**node(1, "(root)")}, {**node(2, "serve"), "parent": 1}, {**node(3, "parse"), "parent": 2}]
    assert folded(nodes=nodes, samples=[3], timeDeltas=[0]) == {"serve;parse": 100}


def test_the_form_of_old_chromes() -> None:
    def old(key: int, name: str, *children: object) -> dict[str, object]:
        return {
            "id": key,
            "functionName": name,
            "url": "http://x/a.js",
            "lineNumber": 5,
            "hitCount": 1,
            "children": children,
        }

    tree = old(1, "(root)", old(2, "serve", old(3, "")), old(4, "(idle)"))
    content = {"head": tree, "samples": [2, 3, 4, 2], "timestamps": [7000010, 7000030, 7000060, 7000065]}
    content |= {"startTime": 7, "endTime": 7.0001}
    assert stacks(json.dumps(content).encode()) == {"serve": 20 + 35, "serve;(anonymous) (a.js:5)": 30}


def test_one_more_time_than_samples_is_the_end() -> None:
    content = {"head": {"id": 2, "functionName": "main"}, "samples": [2, 2], "timestamps": [7000010, 7000030, 7000065]}
    assert stacks(json.dumps(content | {"startTime": 7, "endTime": 7}).encode(), "cpuprofile") == {"main": 55}


def test_names_that_are_odd() -> None:
    names = ["weird; name 1", "日本語", "#private", "a\nb", "\ud800x"]
    nodes = [node(1, "(root)", *range(2, 7)), *(node(at, name) for at, name in enumerate(names, 2))]
    found = folded(nodes=nodes, samples=[2, 3, 4, 5, 6], timeDeltas=[0, 1, 1, 1, 1])
    assert list(found) == ["weird: name 1", "日本語", "#private", "a b", "x"]


def test_a_deep_tree() -> None:
    nodes = [node(at, f"f{at}", at + 1) for at in range(1, 20_000)] + [node(20_000, "leaf")]
    assert len(next(iter(folded(nodes=nodes, samples=[20_000], timeDeltas=[0]))).split(";")) == 20_000


REFUSED = {
    "another kind of JSON": ([1, 2], 'expected an object with "nodes"'),
    "no samples": (profile(samples=None), 'expected "samples" to be a list, found none'),
    "nodes that are no list": (profile(nodes={}), 'expected "nodes" to be a list, found an object'),
    "a node without a frame": (profile(nodes=[{"id": 1, "callFrame": 3}]), 'expected "callFrame" to be an object'),
    "a node without an id": (profile(nodes=[{"callFrame": {}}]), "expected the id of a node, found null"),
    "two nodes with one id": (profile(nodes=[ROOT, ROOT]), "found two with 1"),
    "a sample of no node": (profile(samples=[2, 5, 3, 77]), "expected a node with the id 77, found none"),
    "a sample that is a text": (profile(samples=[2, 5, 3, "4"]), "expected the id of a node, found b'4'"),
    "too few times": (profile(timeDeltas=[1]), "expected as many times as samples (4), found 1"),
    "a time that is a text": (profile(timeDeltas=[10, "20", 30, 5]), 'expected "a time" to be a number'),
    "no end": (profile(endTime=None), 'expected "endTime" to be a number, found null'),
    "a circle": (profile(nodes=[node(2, "a", 3), node(3, "b", 2)], samples=[2, 2, 3, 3]), "is below itself"),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(content: object, reason: str) -> None:
    with pytest.raises(ProfileError) as refusal:
        stacks(json.dumps(content).encode(), "cpuprofile")
    assert reason in str(refusal.value)


def test_a_cut_profile_is_said_to_be_cut() -> None:
    with pytest.raises(ProfileError, match="cut short after 20000 bytes"):
        folding(NODE.read_bytes()[:20000])


def test_bun_has_float_times_and_no_idle_node() -> None:
    found, ledger = folding(FIXTURES / "cpuprofile/bun-1.4-cpu-prof.cpuprofile")
    assert all(isinstance(weight, int) for weight in found.stacks.values())
    assert ledger.dropped == {}
    assert set(selves(found)) >= {"tick", "hotLoop", "warmLoop"}
