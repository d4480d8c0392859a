from __future__ import annotations

import gzip
import io
import operator
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles import profiles
from programs import STAGES, error_line, run, run_stage
from resq_flame import folded
from resq_flame.folded import Folded, total
from resq_flame.merge.filters import Filters, select
from resq_flame.merge.kway import Merge
from resq_flame.merge.narrow import cut
from resq_flame.merge.rows import Rows, Stream

STACKS = {"main;serve;parse": 5, "main;serve;render": 3, "main;tokio::poll;serve;parse": 2, "idle": 1}


def lines(profile: Folded) -> bytes:
    return b"".join(folded.dump(profile))


def merged(*streams: bytes, groups: int = 1, size: int = 16) -> dict[str, folded.Number]:
    """The sum of streams, read in tiny blocks, so that ranges and blocks are many."""
    merge = Merge()
    rows: list[Rows] = [Stream(io.BytesIO(stream), size) for stream in streams]
    for group in range(groups):
        merge.add(rows[group::groups])
    out = merge.total().read()
    assert out == b"".join(folded.dump(folded.parse(out.splitlines()), header=False))  # sorted, clean, none twice
    found = folded.parse(out.splitlines())
    assert isinstance(found, Folded)
    return dict(found.stacks)


def summed(*given: Folded) -> dict[str, folded.Number]:
    stacks: dict[str, folded.Number] = {}
    for profile in given:
        for entry, weight in profile.stacks.items():
            stacks[entry] = stacks.get(entry, 0) + weight
    return stacks


@given(st.lists(profiles(unit="samples"), min_size=1, max_size=6), st.integers(1, 3), st.integers(1, 200))
def test_is_the_sum(given: list[Folded], groups: int, size: int) -> None:
    assert merged(*map(lines, given), groups=min(groups, len(given)), size=size) == summed(*given)


@given(st.lists(profiles(unit="samples"), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_is_the_sum_of_streams_in_any_order(given: list[Folded], chance: object) -> None:
    shuffled = [lines(profile).splitlines(keepends=True) for profile in given]
    for stream in shuffled:
        chance.shuffle(stream)  # type: ignore[attr-defined]
    assert merged(*map(b"".join, shuffled)) == summed(*given)


# Lines as other tools write them: out of order, with names to be cleaned, comments, decimals, without a last line end.
@given(st.lists(st.lists(st.sampled_from([
    b"a;b 1", b"a;b-c 2", b"a;b;c 3", b"a;b\r", b"a;;b 4", b"z 1.5", b"# 12", b"\xff;a 2", b"  a 3", "λ;ü 4".encode(),
    b"a\x00b 2", b"a;b 7\r", b"no weight", b"x 1 2", b"\xe2\x80\xa8;y 9", b"", b"a;b 00000000000000000000000000000001",
]), max_size=12).map(b"\n".join), min_size=1, max_size=4), st.integers(1, 60))  # fmt: skip
def test_reads_what_the_parser_reads(streams: list[bytes], size: int) -> None:
    parsed = [folded.parse(io.BytesIO(stream)) for stream in streams]
    assert merged(*streams, size=size) == summed(*[profile for profile in parsed if isinstance(profile, Folded)])


def test_a_thousand_files_of_many_stacks(tmp_path: Path) -> None:
    expected: dict[str, int] = {}
    for number in range(1000):
        rows = {f"main;f{(number * 7 + at) % 900:03};g": at + 1 for at in range(20)}
        (tmp_path / f"{number}.folded").write_text("".join(f"{entry} {rows[entry]}\n" for entry in sorted(rows)))
        expected = {entry: expected.get(entry, 0) + rows.get(entry, 0) for entry in {**expected, **rows}}
    done = run_stage("merge", "--no-header", str(tmp_path / "*.folded"))
    assert done.stdout.decode() == "".join(f"{entry} {expected[entry]}\n" for entry in sorted(expected))


def test_more_files_than_may_be_open(tmp_path: Path) -> None:
    for number in range(90):
        (tmp_path / f"{number}.folded").write_bytes(b"a 1\nb;c %d\n" % number)
    command = f"ulimit -n 64; {STAGES}/merge --no-header '{tmp_path}/*.folded'"
    assert run(["bash", "-c", command]).stdout == b"a 90\nb;c 4005\n"


@given(profiles(min_size=1))
def test_of_one_is_itself(profile: Folded) -> None:
    assert merged(lines(profile)) == profile.stacks


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "a.folded").write_bytes(b"main;x 1\nmain;y 2\n")
    (tmp_path / "b.folded.gz").write_bytes(gzip.compress(b"main;x 10\nmain;z 20\n"))
    (tmp_path / "bytes.txt").write_bytes(b'# resq-flame {"unit":"bytes"}\nmain 1\n')
    (tmp_path / "late.txt").write_bytes(b'main 1\n# resq-flame {"unit":"bytes"}\n')
    (tmp_path / "sides.txt").write_bytes(
        b'# resq-flame {"columns":["before","after"]}\nmain;a 90 10\nmain;b 10 90\nidle 1 0\n'
    )
    return tmp_path


def merge(files: Path, *arguments: str, stdin: bytes = b"") -> list[str]:
    done = run_stage("merge", *arguments, stdin=stdin, cwd=files)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().splitlines()[1:]


def test_files_patterns_and_compressed_files(files: Path) -> None:
    assert (
        merge(files, "*.folded*") == merge(files, "a.folded", "b.folded.gz") == ["main;x 11", "main;y 2", "main;z 20"]
    )


def test_any_profile_is_an_input(files: Path) -> None:
    frames = '  File "app.py", line 12 in work\n  File "app.py", line 20 in main\n'
    (files / "dump.txt").write_text(f"Thread 0x00007fa4ca9f4b80 (most recent call first):\n{frames}")
    assert "main (app.py:20);work (app.py:12) 1" in merge(files, "dump.txt", "a.folded")


def test_process_substitution(files: Path) -> None:
    command = f"{STAGES}/merge --no-header <(cat a.folded) <(cat b.folded.gz) <(sleep 0.1; cat a.folded)"
    assert run(["bash", "-c", command], cwd=files).stdout == b"main;x 12\nmain;y 4\nmain;z 20\n"


@pytest.mark.parametrize("other", ["bytes.txt", "late.txt"])
def test_refuses_mixed_units(files: Path, other: str) -> None:
    line = error_line(run_stage("merge", "a.folded", other, cwd=files))
    assert f"{other}: expected samples as in a.folded, found bytes" in line


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["nothing*"], "nothing*: expected files of this pattern, found none"),
        (["a.folded", "sides.txt"], "sides.txt:1: expected one weight a line"),
        (["sides.txt", "a.folded"], "a.folded: expected the columns before, after as before, found one"),
        (["a.folded", "/dev/null"], "/dev/null: expected at least one stack"),
    ],
)
def test_refusals(files: Path, arguments: list[str], expected: str) -> None:
    assert expected in error_line(run_stage("merge", *arguments, cwd=files))


def test_label_is_a_root_frame_for_each_input(files: Path) -> None:
    assert merge(files, "--label", "a.folded", "web=b.folded.gz") == [
        "a;main;x 1", "a;main;y 2", "web;main;x 10", "web;main;z 20",
    ]  # fmt: skip


def test_one_label_for_two_files_is_refused(files: Path) -> None:
    (files / "more").mkdir()
    (files / "more" / "a.folded").write_bytes(b"main 1\n")
    assert "would both be labelled 'a'" in error_line(
        run_stage("merge", "--label", "a.folded", "more/a.folded", cwd=files), 2
    )
    assert merge(files, "--label", "x=a.folded", "x=more/a.folded") == ["x;main 1", "x;main;x 1", "x;main;y 2"]


def test_average_is_exact_to_nine_places(files: Path) -> None:
    assert merge(files, "--average", "a.folded", "b.folded.gz", "a.folded") == [
        "main;x 4", "main;y 1.333333333", "main;z 6.666666667",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, STACKS),
        ({"focus": "parse"}, {"main;serve;parse": 5, "main;tokio::poll;serve;parse": 2}),
        ({"ignore": "^idle$"}, {entry: weight for entry, weight in STACKS.items() if entry != "idle"}),
        ({"hide": "^tokio::"}, {"main;serve;parse": 7, "main;serve;render": 3, "idle": 1}),
        # pprof: every filter looks at the stack as it came in, so a hidden frame can still be focused on
        ({"hide": "tokio", "focus": "tokio"}, {"main;serve;parse": 2}),
        ({"hide": "idle"}, {entry: weight for entry, weight in STACKS.items() if entry != "idle"}),
        ({"show": "main|parse"}, {"main;parse": 7, "main": 3}),
        ({"show_from": "^serve$"}, {"serve;parse": 7, "serve;render": 3}),
        ({"prune_from": "serve|poll"}, {"main;serve": 8, "main;tokio::poll;serve": 2, "idle": 1}),
        ({"prune_from": "no such"}, STACKS),
        ({"tag": "idle"}, {"idle": 1}),
        ({"tag": "serve"}, {}),
    ],
)
def test_filters(filters: dict[str, str], expected: dict[str, int]) -> None:
    patterns = Filters(**{name: (re.compile(text),) for name, text in filters.items()})
    assert select(STACKS.items(), patterns, operator.add).kept == expected


def test_tags_are_the_root_frames_that_are_no_calls() -> None:
    stacks = {'process 12:"x";thread (0x1): worker;main': 1, 'process 12:"x";thread (0x2);main;thread (0x1)': 2}
    assert select(stacks.items(), Filters(tag=(re.compile("0x1"),)), operator.add).kept == {
        'process 12:"x";thread (0x1): worker;main': 1
    }


@given(profiles(min_size=1))
def test_what_filters_drop_is_counted(profile: Folded) -> None:
    filters = Filters(focus=(re.compile("main"),), ignore=(re.compile("work"),), show_from=(re.compile("^m"),))
    found = select(profile.stacks.items(), filters, operator.add)
    assert total([*found.kept.values(), *found.dropped.values()]) == total(profile.stacks.values())


def test_recursion_collapses_where_it_is_adjacent(files: Path) -> None:
    stdin = b"a;b;b;b;c 1\na;b;c 2\na;b;a;b 4\na;b;hidden;b;c 8\n"
    assert merge(files, "--collapse-recursion", "--hide", "hidden", stdin=stdin) == ["a;b;a;b 4", "a;b;c 11"]


def test_min_share_gives_what_is_narrow_to_its_caller() -> None:
    stdin = b"a;b 90\na;c;d 3\na;c;e 4\na;f 1\nz 2\n"
    done = run_stage("merge", "--min-share", "5%", "--no-header", stdin=stdin)
    assert done.stdout == b"a 1\na;b 90\na;c 7\n"
    assert done.stderr.decode().splitlines() == [
        "resq-merge: left out by --min-share: 2 samples (2.0 %)",
        "resq-merge: given to their callers by --min-share: 8 samples (8.0 %)",
    ]


@given(profiles(min_size=1))
def test_min_share_loses_nothing_but_narrow_roots(profile: Folded) -> None:
    found = cut(profile.stacks, operator.add, lambda weight: weight > 1000)
    assert total([*found.kept.values(), *found.dropped]) == total(profile.stacks.values())


def test_differential_streams_can_be_merged_and_filtered(files: Path) -> None:
    assert merge(files, "sides.txt", "sides.txt") == ["idle 2 0", "main;a 180 20", "main;b 20 180"]
    assert merge(files, "--focus", "main", "--hide", "^b$", "sides.txt") == ["main 10 90", "main;a 90 10"]
    done = run_stage("merge", "--min-share", "50", "sides.txt", cwd=files)
    assert done.stderr == b"resq-merge: left out by --min-share: 1 sample / 0 samples (1.0 %)\n"


def test_says_what_a_filter_dropped() -> None:
    done = run_stage("merge", "--ignore", "rest", stdin=b"main;work 3\nmain;rest 1\n")
    assert done.stderr.decode() == "resq-merge: left out by --ignore: 1 sample (25.0 %)\n"


def test_nothing_left_is_an_error() -> None:
    line = error_line(run_stage("merge", "--focus", "nope", stdin=b"a 1\n"))
    assert line.endswith("found none: left out by --focus: 1 sample (100.0 %)")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--focus", "("], "--focus: expected a regular expression, found '('"),
        (["--show-from", "["], "--show-from: expected a regular expression"),
        (["--min-share", "x"], "expected a share in percent, from 0 to 100, found 'x'"),
        (["-", "-"], "stdin (-) can be only one of the files"),
    ],
)
def test_bad_usage(arguments: list[str], expected: str) -> None:
    assert expected in error_line(run_stage("merge", *arguments, stdin=b"a 1\n"), 2)


def test_streams_concatenated_by_cat_are_one() -> None:
    one = run_stage("fold", stdin=b"a 1\n").stdout
    assert run_stage("merge", stdin=one + one).stdout.endswith(b"a 2\n")
