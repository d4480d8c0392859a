"""Stacks in the order of time, read from a folded stream."""

from __future__ import annotations

import pytest

from resq_flame.folded import FoldedError, Meta
from resq_flame.render import timeline


def test_equal_stacks_stay_apart() -> None:
    assert timeline.read([b"a;b 1\n", b"a 2\n", b"a;b 1\n"]).entries == [("a;b", 1), ("a", 2), ("a;b", 1)]


def test_the_header_and_comments_are_as_anywhere() -> None:
    read = timeline.read([b'# resq-flame {"unit":"microseconds"}\n', b"# a comment 3\n", b"\n", b"#run 5\r\n"])
    assert (read.meta, read.entries) == (Meta("microseconds"), [("#run", 5)])


@pytest.mark.parametrize(
    "text", ["main;é 3\nidle 1\n".encode("utf-16"), b"\xef\xbb\xbf" + "main;é 3\nidle 1\n".encode()]
)
def test_marks_and_utf_16(text: bytes) -> None:
    assert timeline.read(text.splitlines(keepends=True)).entries == [("main;é", 3), ("idle", 1)]


def test_lines_that_are_no_stacks_are_counted_and_told() -> None:
    read = timeline.read([b"a 1\n", b"nonsense\n", b"b 2\n"])
    assert (read.unread, read.first_unread) == (1, "2: expected \"stack NUMBER\", found b'nonsense'")


def test_a_difference_has_no_order() -> None:
    with pytest.raises(FoldedError, match="found a differential stream"):
        timeline.read([b'# resq-flame {"columns":["before","after"]}\n', b"a 1 2\n"])
