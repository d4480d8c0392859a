from __future__ import annotations

import json

import pytest

from captures import FIXTURES, folding, stacks
from resq_flame.fold.ledger import ProfileError

TREE = {
    "callFrame": {"functionName": "(root)", "url": "", "lineNumber": -1},
    "selfSize": 7,
    "children": [
        {
            "callFrame": {"functionName": "serve", "url": "file:///app/a.js", "lineNumber": 4},
            "selfSize": 100,
            "children": [
                {"callFrame": {"functionName": "", "url": "file:///app/a.js", "lineNumber": 9}, "selfSize": 20}
            ],
        }
    ],
}


def test_each_node_has_its_own_size() -> None:
    assert stacks(json.dumps({"head": TREE}).encode()) == {"serve": 100, "serve;(anonymous) (a.js:10)": 20}


def test_the_unit_is_bytes_and_what_the_root_has_is_counted() -> None:
    profile, ledger = folding(json.dumps({"head": TREE}).encode())
    assert profile.meta.unit == "bytes"
    assert ledger.dropped == {"allocations at (root)": (1, 7)}


@pytest.mark.parametrize("keys", [("profile",), ("result", "profile")])
def test_a_reply_of_the_inspector_is_read_too(keys: tuple[str, ...]) -> None:
    document: object = {"head": TREE}
    for key in reversed(keys):
        document = {key: document}
    assert len(stacks(json.dumps(document).encode())) == 2


def test_lines_are_added_if_asked_for() -> None:
    assert "serve (a.js:5)" in stacks(json.dumps({"head": TREE}).encode(), lines=True)


def test_the_sizes_are_all_there() -> None:
    recorded = json.loads((FIXTURES / "heapprofile/chrome-156-sampling.heapprofile").read_bytes())
    sizes, waiting = 0, [recorded["head"]]
    while waiting:
        node = waiting.pop()
        sizes += node["selfSize"]
        waiting += node["children"]
    assert sum(stacks(FIXTURES / "heapprofile/chrome-156-sampling.heapprofile").values()) == sizes  # type: ignore[arg-type]


def test_a_heap_snapshot_is_refused_with_what_has_stacks() -> None:
    with pytest.raises(ProfileError, match="node --heap-prof"):
        folding(b'{"snapshot":{"meta":{"node_fields":["type","name"]}},"nodes":[9,1]}')


def test_another_document_is_refused() -> None:
    with pytest.raises(ProfileError, match='tree of allocations under "head"'):
        folding(b'{"tail":{}}', "heapprofile")
