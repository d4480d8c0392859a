from __future__ import annotations

import pytest

from resq_flame.fold.documents.protobuf_schema import message_classes, schema
from resq_flame.fold.documents.protobuf_wire import fields_seen

SCHEMA = schema("""
message Tree
  1 Tree* child
  2 string name
  3 int64* weight
  4 fixed64 time
  5 float share
  6 bool leaf
""")
TREE = message_classes("test.tree", SCHEMA)["Tree"]
WHOLE = TREE(  # type: ignore[call-arg]  # its fields are known at run time
    child=[TREE(name="a" * 40, weight=[1, 2, 300])],
    name="root",
    weight=[7],
    time=5,
    share=0.5,
    leaf=True,  # type: ignore[call-arg]
).SerializeToString()


def test_messages_are_read_as_they_were_written() -> None:
    tree = TREE.FromString(WHOLE)
    assert tree.child[0].weight == [1, 2, 300]  # type: ignore[attr-defined]
    assert (tree.name, tree.time, tree.share, tree.leaf) == ("root", 5, 0.5, True)  # type: ignore[attr-defined]


def test_the_fields_of_a_message_are_seen() -> None:
    assert fields_seen(WHOLE, SCHEMA, "Tree") == {1, 2, 3, 4, 5, 6}


def test_the_fields_before_a_cut_are_seen() -> None:
    child = len(TREE(child=[TREE(name="a" * 40, weight=[1, 2, 300])]).SerializeToString())  # type: ignore[call-arg]
    assert [fields_seen(WHOLE[:end], SCHEMA, "Tree") for end in (child - 1, child, child + 3)] == [set(), {1}, {1}]


@pytest.mark.parametrize(
    "misfit",
    [
        WHOLE + b"\x38\x01",  # field 7, which the schema lacks
        WHOLE + b"\x10\x01",  # a name that is a varint
        WHOLE + b"\x0a\x02\x12\x05",  # a child that ends within its name
        WHOLE + b"\x18" + b"\xff" * 11,  # a varint without an end
        WHOLE + b"\x0b",  # the start of a group
    ],
)
def test_another_message_shows_no_fields(misfit: bytes) -> None:
    assert fields_seen(misfit, SCHEMA, "Tree") == set()
