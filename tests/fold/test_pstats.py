"""pstats, and the marshal format as far as it takes."""

from __future__ import annotations

import marshal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captures import FIXTURES, folding, selves, stacks
from resq_flame.fold.documents import marshal_reader
from resq_flame.fold.ledger import ProfileError

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**200), max_value=2**200)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
    | st.binary(max_size=5),
    lambda values: (
        st.lists(values, max_size=4)
        | st.lists(values, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=3, alphabet="ab"), values, max_size=4)
    ),
    max_leaves=20,
)


@given(PLAIN, st.integers(min_value=2, max_value=4))
def test_reads_what_marshal_writes(value: object, version: int) -> None:
    assert marshal_reader.load(marshal.dumps(value, version)) == value


@pytest.mark.parametrize(
    "data",
    [
        marshal.dumps(compile("1", "", "eval")),
        marshal.dumps([1, 2, 3])[:-1],
        b"(\xff\xff\xff\x7f",
        b"[\x01\0\0\0" * 100,
        b"r\xff\xff\xff\x7f",
        b"{[\0\0\0\0N0",
        b"l\0\0\0\x80",
    ],
    ids=["code", "cut", "long", "deep", "reference", "key", "number"],
)
def test_refuses_the_rest(data: bytes) -> None:
    with pytest.raises(ProfileError, match="expected marshalled"):
        marshal_reader.load(data)


def test_times_are_exact_to_the_nanosecond() -> None:
    profile, _ = folding(FIXTURES / "pstats/cprofile-3.11-threads.pstats")
    kept = marshal.loads((FIXTURES / "pstats/cprofile-3.11-threads.pstats").read_bytes())
    ((_, _, own, _, _),) = [entry for function, entry in kept.items() if function[2] == "hash_rows"]
    assert float(selves(profile)["hash_rows (work.py:3)"]) == pytest.approx(own, abs=1e-9)
    assert profile.meta.unit == "seconds"


def test_lines_can_be_left_out() -> None:
    assert "<module> (work.py);request_loop (work.py)" in stacks(
        FIXTURES / "pstats/pyinstrument-5.1-cpu.pstats", lines=False
    )


def test_the_profile_module_keeps_calls_only_of_callers() -> None:
    main, work = ("a.py", 1, "main"), ("a.py", 5, "work")
    data = marshal.dumps({main: (1, 1, 0.25, 1.0, {}), work: (2, 2, 0.75, 0.75, {main: 2})})
    assert {stack: float(weight) for stack, weight in stacks(data).items()} == {  # type: ignore[arg-type]
        "main (a.py:1)": 0.25,
        "main (a.py:1);work (a.py:5)": 0.75,
    }
