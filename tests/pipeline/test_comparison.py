"""doit baseline, diff and gate: what they keep, what they say, and what runs again."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.checkout import Checkout
from pipeline.test_incremental import codes
from programs import ROOT

TARGET = """
[capture]
source = "file"
file = "app.folded"
rounds = 3
"""
STACKS = "main;serve;parse {parse}\nmain;serve;render 3000\nmain;idle 2000\n"


@pytest.fixture
def project(tmp_path: Path) -> Checkout:
    """A target whose three rounds are copies of one file, with a baseline of them."""
    shutil.copy(ROOT / "dodo.py", tmp_path)
    shutil.copytree(ROOT / "stages", tmp_path / "stages", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "app.toml").write_text(TARGET)
    made = Checkout(tmp_path)
    profiled(made, parse=1000)
    done = made.doit("baseline:app")
    assert done.returncode == 0, done.stdout + done.stderr
    return made


def profiled(project: Checkout, parse: int) -> None:
    """The application as it is now."""
    (project.root / "app.folded").write_text(STACKS.format(parse=parse))


def baseline(project: Checkout) -> Path:
    return project.root / "baselines" / "app.folded.gz"


def diff(project: Checkout) -> str:
    done = project.doit("diff:app")
    assert done.returncode == 0, done.stdout + done.stderr
    return project.made("diff.folded", "app").read_text()


def test_rounds_are_captured_folded_and_added_up(project: Checkout) -> None:
    project.doit("profile:app")
    made = {path.name for path in project.made("", "app").iterdir()}
    assert made >= {f"profile-{number}.folded" for number in (1, 2, 3)}
    assert len([name for name in made if name.startswith("capture-")]) == 3
    assert "main;serve;parse 3000\n" in project.made("merged.folded", "app").read_text()


def test_a_baseline_is_a_small_file_of_all_rounds_and_the_same_bytes_again(project: Checkout) -> None:
    before = baseline(project).read_bytes()
    assert b'"columns":["before","before","before"]' in gzip.decompress(before)
    assert len(before) < 300
    baseline(project).unlink()
    project.doit("baseline:app")
    assert baseline(project).read_bytes() == before


def test_of_no_change_the_difference_is_nothing_and_the_gate_is_open(project: Checkout) -> None:
    rows = [line.rsplit(" ", 6)[1:] for line in diff(project).splitlines()[1:]]
    assert all(row[:3] == row[3:] for row in rows)
    assert project.doit("gate:app").returncode == 0


def test_the_difference_is_drawn_and_told(project: Checkout) -> None:
    profiled(project, parse=2500)
    shown = project.doit("diff:app").stdout
    assert "flame graph: .flame/app/diff.svg, table: .flame/app/diff.md" in shown
    assert "  parse\n" in shown
    assert "|" not in shown
    assert "parse" in project.made("diff.svg", "app").read_text()
    assert "| " in project.made("diff.md", "app").read_text()
    assert "main;serve;parse 1000 1000 1000 2500 2500 2500\n" in diff(project)


def test_the_gate_fails_and_names_the_function(project: Checkout) -> None:
    profiled(project, parse=2500)
    done = project.doit("gate:app")
    assert done.returncode == 1
    assert "regression: parse: total 16.7 % before, 33.3 % after" in done.stderr
    assert "parse" in project.made("gate.md", "app").read_text()


@pytest.mark.parametrize(("said", "code"), [("fail_above = 40\n", 0), ('fail_above = "50%"\nfail_on = "self"\n', 1)])
def test_the_gate_is_where_the_target_says(project: Checkout, said: str, code: int) -> None:
    profiled(project, parse=2500)
    with project.target("app").open("a") as file:
        file.write(f"[gate]\n{said}")
    assert project.doit("gate:app").returncode == code


def test_the_targets_filters_are_for_both_sides(project: Checkout) -> None:
    with project.target("app").open("a") as file:
        file.write("[merge]\nignore = ['^idle$']\n")
    assert "idle" not in diff(project)


@pytest.mark.parametrize("task", ["diff:app", "gate:app"])
def test_no_baseline_is_said(project: Checkout, task: str) -> None:
    baseline(project).unlink()
    done = project.doit(task)
    assert done.returncode == 1
    assert "baselines/app.folded.gz: expected a baseline, found none (doit baseline:app keeps one)" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_clean_and_comparisons_leave_the_baseline(project: Checkout) -> None:
    before = baseline(project).read_bytes()
    profiled(project, parse=2500)
    project.doit("gate:app")
    project.doit("clean", "--all")
    assert baseline(project).read_bytes() == before


def older(project: Checkout) -> None:
    content = gzip.decompress(baseline(project).read_bytes())
    baseline(project).write_bytes(gzip.compress(content.replace(b"idle 2000", b"idle 1999")))


def says_of_app(text: str) -> Callable[[Checkout], object]:
    def change(project: Checkout) -> None:
        with project.target("app").open("a") as file:
            file.write(text)

    return change


def lose_a_capture(project: Checkout) -> None:
    next(project.made("", "app").glob("capture-2*")).unlink()


CHAIN = ["capture:app", "diff:app", "fold:app"]
ROWS: list[tuple[str, Callable[[Checkout], object], list[str]]] = [
    ("nothing", says_of_app("# a comment\n"), []),
    ("the application", lambda project: profiled(project, parse=1200), CHAIN),
    ("another baseline", older, ["diff:app"]),
    ("the same baseline", lambda project: project.doit("baseline:app"), []),
    ("a diff option", says_of_app("[diff]\nnormalize = true\n"), ["diff:app"]),
    ("a filter", says_of_app("[merge]\nhide = ['^idle']\n"), ["diff:app"]),
    ("a render option", says_of_app('[render]\ntitle = "App"\n'), ["diff:app"]),
    ("the gate", says_of_app("[gate]\nfail_above = 5\n"), []),
    (
        "fewer rounds",
        lambda project: project.target("app").write_text(TARGET.replace("3", "2")),
        ["diff:app", "fold:app"],
    ),
    ("more rounds", lambda project: project.target("app").write_text(TARGET.replace("3", "4")), CHAIN),
    ("diff's code", codes("diff/names.py"), ["diff:app"]),
    ("render's code", codes("render/layout.py"), ["diff:app"]),
    ("no picture", lambda project: project.made("diff.svg", "app").unlink(), ["diff:app"]),
    ("one capture is gone", lose_a_capture, ["capture:app"]),
]


@pytest.mark.parametrize(("what", "change", "expected"), ROWS, ids=[row[0].replace(" ", "-") for row in ROWS])
def test_changed(project: Checkout, what: str, change: Callable[[Checkout], object], expected: list[str]) -> None:
    diff(project)
    change(project)
    assert project.ran("diff:app") == expected, what
    assert project.ran("diff:app") == []
