from __future__ import annotations

import io

import pytest

from resq_flame.fold.documents.json_document import load, number, paths
from resq_flame.fold.ledger import ProfileError

PATHS = {
    "an object": (b'{"a":1,"b":{"c":2}}', {"a", "b", "b.c"}),
    "objects in a list": (b'{"a":[{"b":1},{"c":2}],"d":3}', {"a", "a[].b", "a[].c", "d"}),
    "a list": (b'[{"a":1},{"b":[]}]', {"[].a", "[].b"}),
    "lists in lists": (b'{"a":[[{"b":1}]]}', {"a", "a[][].b"}),
    "cut in a text": (b'{"nodes":[{"id":1,"callFrame":{"fun', {"nodes", "nodes[].id", "nodes[].callFrame"}),
    "cut in a key": (b'{"a":1,"b', {"a"}),
    "four keys deep": (b'{"a":{"b":{"c":{"d":{"e":1}}}},"f":1}', {"a", "a.b", "a.b.c", "a.b.c.d", "f"}),
    "texts that look like keys": (b'{"a":"b\\":{","c":["d","e"]}', {"a", "c"}),
    "blanks": (b'\n { "a" :\t1 }', {"a"}),
    "what follows the document": (b'{"a":1} {"b":2}', {"a"}),
    "closed more than opened": (b'{"a":1}}]{"b":2}', {"a"}),
    "a text": (b'hello {"a":1}', set()),
    "nothing": (b"", set()),
}


@pytest.mark.parametrize(("head", "expected"), PATHS.values(), ids=PATHS)
def test_paths(head: bytes, expected: set[str]) -> None:
    assert paths(head) == expected


REFUSED = {
    "cut short": (b'{"a":[1,2', "cut short after 9 bytes"),
    "cut in a text": (b'{"a":"b', "cut short after 7 bytes"),
    "nothing": (b"", "cut short after 0 bytes"),
    "no JSON": (b'{"a":1,\n}', r"found b'}' in line 2"),
    "two documents": (b'{"a":1} {"b":2}', "Extra data"),
    "very deep": (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    "a very long number": (b"[" + b"1" * 10_000 + b"]", "a number that is too long"),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(text: bytes, reason: str) -> None:
    with pytest.raises(ProfileError, match=reason):
        load(io.BytesIO(text))


def test_the_limit() -> None:
    assert load(io.BytesIO(b"[1,2]"), limit=5) == [1, 2]
    with pytest.raises(ProfileError, match="at most 4 bytes"):
        load(io.BytesIO(b"[1,2]"), limit=4)


@pytest.mark.parametrize("text", [b'["\\ud800"]', b'["\xff"]'], ids=["a lone surrogate", "bytes that are no UTF-8"])
def test_names_that_orjson_refuses(text: bytes) -> None:
    assert len(load(io.BytesIO(text))[0]) == 1


@pytest.mark.parametrize("found", [float("nan"), float("inf"), True, None, "1", []])
def test_no_numbers(found: object) -> None:
    with pytest.raises(ProfileError, match='expected "endTime" to be a number'):
        number(found, "endTime")
