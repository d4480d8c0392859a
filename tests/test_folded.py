from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from profiles import differentials, names, profiles, stacks, weights
from resq_flame import folded
from resq_flame.folded import Differential, Folded, FoldedError, Meta, clean, dump, exact, order, parse


def lines(profile: Folded | Differential, **options: bool) -> list[bytes]:
    return list(dump(profile, **options))


def read(text: str, **options: bool) -> dict[str, object]:
    return dict(parse(text.encode().splitlines(keepends=True), **options).stacks)


@given(profiles())
def test_reading_what_was_written_gives_it_back(profile: Folded) -> None:
    assert parse(dump(profile)) == profile


@given(differentials())
def test_reading_a_differential_stream_that_was_written_gives_it_back(profile: Differential) -> None:
    assert parse(dump(profile)) == profile


@given(profiles())
def test_the_stacks_are_the_same_without_a_header(profile: Folded) -> None:
    assert parse(dump(profile, header=False)).stacks == profile.stacks


@given(profiles())
def test_nothing_written_is_unread(profile: Folded) -> None:
    assert parse(dump(profile)).unread == 0


@given(profiles(), st.randoms())
def test_the_order_of_the_stacks_does_not_matter(profile: Folded, dice: random.Random) -> None:
    shuffled = list(profile.stacks.items())
    dice.shuffle(shuffled)
    assert lines(Folded(profile.meta, dict(shuffled))) == lines(profile)


@given(profiles(), st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_utf_16_with_its_mark_reads_as_utf_8(profile: Folded, encoding: str) -> None:
    text = "\ufeff" + b"".join(dump(profile)).decode()
    assert parse([text.encode(encoding)]) == profile


@given(profiles())
def test_crlf_reads_as_lf(profile: Folded) -> None:
    assert parse(line.replace(b"\n", b"\r\n") for line in dump(profile)) == profile


@given(profiles())
def test_the_mark_of_utf_8_is_passed_over(profile: Folded) -> None:
    assert parse([b"\xef\xbb\xbf" + b"".join(lines(profile)[:1]), *lines(profile)[1:]]) == profile


@given(st.lists(st.tuples(stacks, weights), max_size=12), st.randoms())
def test_sums_are_exact_and_do_not_depend_on_the_order(samples: list[tuple[str, object]], dice: random.Random) -> None:
    written = [f"{stack} {folded.text(weight)}\n".encode() for stack, weight in samples]  # type: ignore[arg-type]
    before = parse(written).stacks
    dice.shuffle(written)
    assert parse(written).stacks == before


@given(st.text())
@example("# a comment")
@example("# # twice")
@example(" # ")
@example("\ud800\x00;\x85\u2028")
def test_a_clean_name_stays_as_it_is(name: str) -> None:
    assert clean(clean(name)) == clean(name)
    assert clean(name).encode()


@given(st.lists(names, min_size=1, max_size=4))
def test_a_stack_has_as_many_frames_as_names(given_names: list[str]) -> None:
    assert len(folded.stack(given_names).split(";")) == len(given_names)


@given(st.lists(stacks, unique=True, max_size=12))
def test_the_children_of_one_parent_stand_together(given_stacks: list[str]) -> None:
    callers = [stack.split(";")[0] for stack in sorted(given_stacks, key=order)]
    assert callers == sorted(callers, key=callers.index)


def test_the_order_is_by_frame_and_not_by_character() -> None:
    assert sorted(["foo;bar;x", "foo;bar-baz", "foo;bar", "foo"], key=order) == [
        "foo",
        "foo;bar",
        "foo;bar;x",
        "foo;bar-baz",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("main", "main"),
        ("a;b", "a:b"),
        ("a\tb\nc", "a b c"),
        ("  main ", "main"),
        ("", "(unnamed)"),
        ("\x00", "(unnamed)"),
        ("\u202eevil", "evil"),
        ("日本語", "日本語"),
        ("# main", "#main"),
        ("#private", "#private"),
    ],
)
def test_clean(name: str, expected: str) -> None:
    assert clean(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a;b 5\n", {"a;b": 5}),
        ("a;b\t5\n", {"a;b": 5}),
        ("a;b 5 \n", {"a;b": 5}),
        ("a;b 0.10\na;b 0.2\n", {"a;b": Decimal("0.3")}),
        ("a;b 007\n", {"a;b": 7}),
        ("a;b 0\n", {"a;b": 0}),
        ("main;worker 12 5\n", {"main;worker 12": 5}),
        (" a ; b  5\n", {"a;b": 5}),
        ("a;b; 5\n", {"a;b": 5}),
        (";a 5\n", {"(unnamed);a": 5}),
        ("; 5\n", {"(unnamed)": 5}),
        ("# duration: 5\na 1\n", {"a": 1}),
        ("# frequency: 99.5\na 1\n", {"a": 1}),
        ("#run;b 5\n", {"#run;b": 5}),
        ("a 5\n\n\na 6\n", {"a": 11}),
    ],
)
def test_parse(text: str, expected: dict[str, object]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "line", ["a;b", "a;b -5", "a;b 1e5", "a;b 0x10", "a;b .5", "a;b 5.", "a;b " + "9" * 31, "5", "a ²"]
)
def test_lines_that_are_no_stacks_are_counted(line: str) -> None:
    profile = parse([b"main 1\n", line.encode() + b"\n"])
    assert (profile.stacks, profile.unread) == ({"main": 1}, 1)
    assert profile.first_unread.startswith('2: expected "stack NUMBER", found ')


def test_two_columns_by_the_header() -> None:
    assert read('# resq-flame {"columns":["before","after"]}\na;b 12 5 6\na 0 0.5\n') == {
        "a;b 12": (5, 6),
        "a": (0, Decimal("0.5")),
    }


def test_two_columns_if_asked_for() -> None:
    assert read("a;b 5 6\na;b 1 1\n", differential=True) == {"a;b": (6, 7)}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# resq-flame {\n", '1: expected "# resq-flame {JSON}"'),
        ('# resq-flame {"unit":5}\n', "1: expected a unit"),
        ('# resq-flame {"columns":["before"]}\n', "1: expected several columns"),
        ('# resq-flame {"columns":["before","now"]}\n', "1: expected several columns"),
        ('# resq-flame {"unit":"a"}\nx 1\n# resq-flame {"unit":"b"}\n', "3: expected the same header"),
        ('x 1\n# resq-flame {"columns":["before","after"]}\n', "2: expected the header that names the columns"),
        ('# resq-flame {"columns":["before","after"]}\nx 1\n', '2: expected "stack NUMBER NUMBER"'),
    ],
)
def test_refused(text: str, reason: str) -> None:
    with pytest.raises(FoldedError) as refusal:
        read(text)
    assert str(refusal.value).startswith(reason)


def test_the_header_may_stand_anywhere_and_more_than_once() -> None:
    header = '# resq-flame {"unit":"bytes"}\n'
    assert parse([b"a 1\n", header.encode(), b"b 2\n", header.encode()]).meta == Meta("bytes")


def test_no_header_is_written_if_not_asked_for() -> None:
    assert lines(Folded(Meta("bytes"), {"a": 1}), header=False) == [b"a 1\n"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (5, "5"),
        (Decimal("1.50"), "1.5"),
        (Decimal("2.000"), "2"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
    ],
)
def test_weights_are_written_in_plain_digits(value: folded.Number, written: str) -> None:
    assert folded.text(value) == written


@pytest.mark.parametrize(
    ("value", "expected"), [(3.0, 3), (0.1, Decimal("0.1")), (1e20, 10**20), (-2.5, Decimal("-2.5"))]
)
def test_exact(value: float, expected: object) -> None:
    assert exact(value) == expected


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_exact_refuses_what_is_no_weight(value: float) -> None:
    with pytest.raises(ValueError):
        exact(value)
