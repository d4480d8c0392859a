"""The profiles of the past: kept, pruned, named."""

from __future__ import annotations

import gzip
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from programs import ROOT, error_line, run, run_stage
from resq_flame import history, stage

DAY = timedelta(days=1)
START = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
REVISIONS = ["a" * 40, "1234567" + "b" * 33, "", "c" * 40 + "-dirty"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with four profiles of api, a day after the other; the last one of two rounds."""
    for number, revision in enumerate(REVISIONS):
        profiles = [f"main;work {10 + number}\nmain;rest 90\n".encode()] * (2 if number == 3 else 1)
        history.add(folder(tmp_path), profiles, START + number * DAY, revision)
    return tmp_path


def folder(root: Path) -> Path:
    return root / ".flame" / "api" / "history"


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ("latest", 3),
        ("-0", 3),
        ("-1", 2),
        ("-3", 0),
        ("1234567", 1),
        ("cccc", 3),
        ("2026-11-21", 1),
        ("2026-11", 3),
        ("2026-11-22T09-30", 2),
    ],
)
def test_find(root: Path, which: str, expected: int) -> None:
    assert history.find("api", which, root) == history.entries(folder(root))[expected]


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("-4", "api@-4: expected at most @-3, as there are 4 profiles"),
        ("dddd", "api@dddd: expected latest, -N, a day or a revision, found no such one (resq-flame history api)"),
        ("2027", "api@2027: expected latest"),
    ],
)
def test_what_is_not_there_is_said(root: Path, which: str, said: str) -> None:
    with pytest.raises(stage.StageError) as error:
        history.find("api", which, root)
    assert str(error.value).startswith(said)


def test_no_history_says_what_makes_one(root: Path) -> None:
    with pytest.raises(
        stage.StageError, match=r"expected profiles in \.flame/hce/history, found none \(doit profile:hce"
    ):
        history.find("hce", "latest", root)


def test_expand_gives_all_rounds_and_leaves_files_alone(root: Path) -> None:
    below = root / "src" / "deep"
    below.mkdir(parents=True)
    found = history.expand(["api@latest", "a.folded", "no@t/there.x@"], below)
    assert found == [*map(str, history.entries(folder(root))[3].files), "a.folded", "no@t/there.x@"]
    assert [Path(path).name for path in found[:2]] == [
        "2026-11-23T09-30-00.000Z-1.folded.gz",
        "2026-11-23T09-30-00.000Z-2.folded.gz",
    ]


def test_a_branch_or_tag_is_what_git_says(root: Path) -> None:
    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    git("init", "--quiet")
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--allow-empty", "--quiet", "-m", "x")
    git("tag", "v1.4")
    history.add(folder(root), [b"main;tagged 1\n"], START - DAY, git("rev-parse", "HEAD"))
    assert history.find("api", "v1.4", root).captured == START - DAY


def test_the_same_again_is_the_same_bytes(root: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder(root).iterdir()}
    history.add(folder(root), [b"main;work 10\nmain;rest 90\n"], START, REVISIONS[0])
    assert {path.name: path.read_bytes() for path in folder(root).iterdir()} == before
    first = history.entries(folder(root))[0]
    assert gzip.decompress(first.files[0].read_bytes()) == b"main;work 10\nmain;rest 90\n"


@pytest.mark.parametrize(
    ("keep", "days", "left"), [(100, 365, [0, 1, 2, 3]), (2, 365, [2, 3]), (100, 2, [2, 3]), (1, 1, [3]), (5, 0, [3])]
)
def test_prune(root: Path, keep: int, days: int, left: list[int]) -> None:
    known = history.entries(folder(root))
    history.prune(folder(root), keep, days, START + 3 * DAY + timedelta(hours=12))
    assert history.entries(folder(root)) == [known[number] for number in left]
    assert len(list(folder(root).iterdir())) == sum(1 + known[number].rounds for number in left)


def test_half_an_entry_is_none(root: Path) -> None:
    (folder(root) / "2026-12-01T00-00-00.000Z.folded.gz").write_bytes(b"\x1f\x8b")
    (folder(root) / "2026-12-02T00-00-00.000Z.json").write_text('{"captured": "20')
    assert len(history.entries(folder(root))) == 4


def test_stages_take_profiles_of_the_past(root: Path) -> None:
    done = run_stage("merge", "api@-3", "api@latest", cwd=root)
    assert b"main;work 36\n" in done.stdout, done.stderr
    done = run_stage("diff", "--before", "api@-1", "--after", "api@latest", cwd=root)
    assert b"main;work 12 13 13\n" in done.stdout, done.stderr


def resq_flame(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return run([sys.executable, "-m", "resq_flame.cli", *arguments], cwd=root)


def test_commands_take_profiles_of_the_past(root: Path) -> None:
    done = resq_flame(root, "diff", "--before", "api@-1", "--after", "api@latest", "--report", "x.md")
    assert done.returncode == 0, done.stderr
    assert "work" in (root / "x.md").read_text()
    assert resq_flame(root, "file", "api@-2", "-o", "x.svg").returncode == 0
    assert "api@latest: expected one profile, found its 2 rounds" in error_line(resq_flame(root, "file", "api@latest"))


def test_the_list(root: Path) -> None:
    lines = resq_flame(root, "history", "api").stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == ["api@latest", "api@-1", "api@-2", "api@-3"]
    assert lines[0].split()[3:] == ["cccccccccccc-dirty", "2", "rounds"]
    assert b'"name": "api@latest"' in resq_flame(root, "history", "api", "--json").stdout
    assert "expected profiles of hce, found none" in error_line(resq_flame(root, "history", "hce"))


def test_the_trend(root: Path) -> None:
    done = resq_flame(root, "trend", "api", "--top", "1")
    assert done.returncode == 0, done.stderr
    assert "<h1>api</h1><p>4 profiles, 20 Nov 2026 to 23 Nov 2026</p>" in (root / "trend.html").read_text()


def test_this_repository_is_found_from_below() -> None:
    assert history.root(ROOT / "tests" / "pipeline") == ROOT
