from __future__ import annotations

import gzip
from typing import Any

import pytest

from captures import FIXTURES, content, folding, stacks
from resq_flame.fold import pprof
from resq_flame.fold.ledger import OptionError, ProfileError

GO_CPU = FIXTURES / "pprof/go-1.26-cpu.pb"
GO_HEAP = FIXTURES / "pprof/go-1.26-heap.pb.gz"
INLINED = FIXTURES / "pprof/pprof-rs-0.15-inlined.pb"


class Writer:
    """Builds a profile.proto; names are put into its string table."""

    def __init__(self, *types: tuple[str, str]) -> None:
        self.profile: Any = pprof.messages()["Profile"](string_table=[b""])
        for name, unit in types or [("samples", "count")]:
            self.profile.sample_type.add(type=self.text(name), unit=self.text(unit))

    def text(self, value: str) -> int:
        encoded = value.encode()
        if encoded not in self.profile.string_table:
            self.profile.string_table.append(encoded)
        return list(self.profile.string_table).index(encoded)

    def location(self, *names: str, line: int = 7, **fields: int) -> int:
        """A location of these functions, the innermost first."""
        location = self.profile.location.add(id=len(self.profile.location) + 1, **fields)
        for name in names:
            key = len(self.profile.function) + 1
            self.profile.function.add(id=key, name=self.text(name), filename=self.text("/home/app/main.go"))
            location.line.add(function_id=key, line=line)
        return int(location.id)

    def sample(self, locations: list[int], *values: int) -> Writer:
        self.profile.sample.add(location_id=locations, value=values)
        return self

    def bytes(self) -> bytes:
        return bytes(self.profile.SerializeToString())


def test_locations_go_from_the_leaf_to_the_root() -> None:
    writer = Writer()
    leaf, root = writer.location("leaf"), writer.location("root")
    assert stacks(writer.sample([leaf, root], 3).bytes()) == {"root;leaf": 3}


def test_lines_of_a_location_go_from_the_innermost_to_its_caller() -> None:
    writer = Writer()
    inlined, root = writer.location("inlined", "outer"), writer.location("root")
    assert stacks(writer.sample([inlined, root], 3).bytes()) == {"root;outer;inlined": 3}


def test_gzip_makes_no_difference() -> None:
    raw = content(GO_HEAP)
    assert stacks(GO_HEAP) == stacks(raw)
    assert gzip.decompress(GO_HEAP.read_bytes()) == raw


@pytest.mark.parametrize(
    ("path", "sample_type", "unit"),
    [
        (GO_CPU, None, "nanoseconds"),
        (GO_CPU, "cpu", "nanoseconds"),
        (GO_CPU, "samples", "samples"),
        (GO_HEAP, None, "bytes"),
        (GO_HEAP, "inuse_objects", "count"),
        (GO_HEAP, "alloc_space", "bytes"),
        (FIXTURES / "pprof/go-1.26-block.pb.gz", None, "nanoseconds"),
        (FIXTURES / "pprof/go-1.26-block.pb.gz", "contentions", "count"),
        (FIXTURES / "pprof/go-1.26-goroutine.pb.gz", None, "count"),
        (INLINED, None, "nanoseconds"),
    ],
)
def test_units(path: Any, sample_type: str | None, unit: str) -> None:
    assert folding(path, sample_type=sample_type)[0].meta.unit == unit


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("ns", "nanoseconds"),
        ("us", "microseconds"),
        ("byte", "bytes"),
        ("Bytes", "bytes"),
        ("", "count"),
        ("tokens", "tokens"),
    ],
)
def test_units_of_several_names(written: str, unit: str) -> None:
    writer = Writer(("wall", written))
    assert folding(writer.sample([writer.location("main")], 3).bytes())[0].meta.unit == unit


def two_types(default: str = "") -> bytes:
    writer = Writer(("alloc", "count"), ("space", "bytes"))
    writer.profile.default_sample_type = writer.text(default)
    return writer.sample([writer.location("main")], 3, 4000).bytes()


@pytest.mark.parametrize(
    ("default", "asked", "weight"),
    [("", None, 4000), ("alloc", None, 3), ("alloc", "space", 4000), ("", "alloc", 3), ("no such", None, 4000)],
)
def test_the_weight_is_the_type_asked_for_or_the_default_or_the_last(
    default: str, asked: str | None, weight: int
) -> None:
    assert stacks(two_types(default), sample_type=asked) == {"main": weight}


def test_an_unknown_sample_type_is_bad_usage_and_the_types_are_named() -> None:
    with pytest.raises(OptionError, match=r"\(alloc, space\), found 'cpu'"):
        folding(two_types(), sample_type="cpu")


def test_several_sample_types_are_said() -> None:
    assert "has the sample types alloc, space: these are space (--sample-type" in folding(two_types())[1].notes[0]


def test_samples_of_the_weight_zero_leave_no_stack() -> None:
    writer = Writer()
    assert stacks(writer.sample([writer.location("main")], 0).bytes()) == {}


def test_negative_samples_are_counted() -> None:
    writer = Writer()
    main = writer.location("main")
    found, ledger = folding(writer.sample([main], 5).sample([main], -3).bytes())
    assert found.stacks == {"main": 5}
    assert ledger.dropped == {"samples of negative weight (a difference of two profiles)": (1, -3)}


def test_samples_without_a_location_are_counted() -> None:
    assert folding(Writer().sample([], 5).bytes())[1].dropped == {"samples without a frame": (1, 5)}


def test_a_profile_without_samples_is_empty() -> None:
    assert stacks(Writer().bytes()) == {}


UNNAMED = {
    "in a mapping": ({"mapping_id": 1, "address": 0x7F0000001234}, "libc.so.6+0x3234"),
    "outside of its mapping": ({"mapping_id": 1, "address": 0x1234}, "libc.so.6+0x1234"),
    "in a mapping without a file": ({"mapping_id": 2, "address": 0x1234}, "0x1234"),
    "in none": ({"address": 0x1234}, "0x1234"),
    "nowhere": ({}, "(unknown)"),
}


@pytest.mark.parametrize("names", [[], [""]], ids=["no line", "an empty name"])
@pytest.mark.parametrize(("place", "shown"), UNNAMED.values(), ids=UNNAMED)
def test_a_frame_without_a_name_is_its_file_and_address(place: dict[str, int], shown: str, names: list[str]) -> None:
    writer = Writer()
    file = writer.text("/usr/lib/libc.so.6")
    writer.profile.mapping.add(
        id=1, memory_start=0x7F0000000000, memory_limit=0x7F0000100000, file_offset=0x2000, filename=file
    )
    writer.profile.mapping.add(id=2)
    assert stacks(writer.sample([writer.location(*names, **place)], 1).bytes()) == {shown: 1}


def test_locations_at_the_address_zero_stay_apart() -> None:
    assert all(location.address == 0 for location in pprof.messages()["Profile"].FromString(content(INLINED)).location)
    assert len({frame for stack in stacks(INLINED) for frame in stack.split(";")}) > 20


def test_lines_are_shown_if_asked_for() -> None:
    writer = Writer()
    assert list(stacks(writer.sample([writer.location("main.f")], 1).bytes(), lines=True)) == ["main.f (main.go:7)"]


def test_names_that_are_no_utf8() -> None:
    writer = Writer()
    main = writer.location("main")
    writer.profile.string_table[list(writer.profile.string_table).index(b"main")] = b"m\xffin"
    assert list(stacks(writer.sample([main], 1).bytes())) == ["m\ufffdin"]


# Stacks from the root, and what pprof's rules leave of them where drop_frames is "drop.*" and keep_frames "drop_not".
# A location of several functions is written as "caller/inlined".
DROPPED = {
    "nothing": ("main a b", "main;a;b"),
    "the leaf": ("main drop", "main"),
    "what the dropped one calls": ("main a drop b c", "main;a"),
    "what is kept": ("main drop_not b", "main;drop_not;b"),
    "not before the first of interest": ("drop main a", "drop;main;a"),
    "not when there is none of interest": ("drop drop2", "drop;drop2"),
    "the inlined": ("main a/drop b", "main;a"),
    "the arguments do not count": ("main drop(int)", "main"),
    "only whole names": ("main adrop", "main;adrop"),
}


@pytest.mark.parametrize(("stack", "left"), DROPPED.values(), ids=DROPPED)
def test_drop_frames(stack: str, left: str) -> None:
    writer = Writer()
    writer.profile.drop_frames, writer.profile.keep_frames = writer.text("drop.*"), writer.text("drop_not")
    locations = [writer.location(*reversed(names.split("/"))) for names in stack.split()]
    found, ledger = folding(writer.sample(locations[::-1], 1).bytes())
    assert found.stacks == {left: 1}
    assert "leave out the functions that match 'drop.*'" in ledger.notes[0]


def test_drop_frames_that_are_no_regular_expression() -> None:
    writer = Writer()
    writer.profile.drop_frames = writer.text("(")
    found, ledger = folding(writer.sample([writer.location("main")], 1).bytes())
    assert found.stacks == {"main": 1}
    assert "no regular expression" in ledger.notes[0]


def damaged(what: str) -> bytes:
    writer = Writer()
    main = writer.location("main")
    if what == "values":
        writer.sample([main])
    elif what == "location":
        writer.sample([main, 99], 1)
    elif what == "string":
        writer.sample([main], 1).profile.function[0].name = 99
    elif what == "types":
        del writer.profile.sample_type[:]
    return writer.bytes()


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("values", "expected 1 values in sample 1, found 0"),
        ("location", "expected the location 99 of sample 1, found none"),
        ("string", "expected an index into its 5 strings, found 99"),
        ("types", "with a sample type, found none"),
    ],
)
def test_refused(what: str, reason: str) -> None:
    with pytest.raises(ProfileError, match=reason):
        folding(damaged(what), "pprof")


def test_a_cut_profile_is_said_to_be_cut() -> None:
    with pytest.raises(ProfileError, match="cut short"):
        folding(GO_CPU.read_bytes()[:2001])
