"""I changed X: exactly these tasks ran. doit's own reporter is the witness, the profiles are real."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable

import pytest

from pipeline.checkout import Checkout

STEPS = ("capture", "fold", "history", "merge", "render", "report", "profile")

Change = Callable[[Checkout], object]


def after(first: str) -> tuple[str, ...]:
    """This step and all that follow it."""
    return STEPS[STEPS.index(first) :]


def says(text: str) -> Change:
    """Add to the target's file."""

    def change(project: Checkout) -> None:
        with project.target().open("a") as file:
            file.write(text)

    return change


def replaces(old: str, new: str) -> Change:
    def change(project: Checkout) -> None:
        text = project.target().read_text()
        assert old in text
        project.target().write_text(text.replace(old, new))

    return change


def defaults(text: str) -> Change:
    """What resq-flame.toml says for all targets."""
    return lambda project: (project.root / "resq-flame.toml").write_text(text)


def codes(file: str) -> Change:
    """Change a file of the package, though not what it does."""

    def change(project: Checkout) -> None:
        with project.package(file).open("a") as code:
            code.write("\n/* */\n" if file.endswith((".css", ".js")) else "\n#\n")

    return change


def removes(file: str) -> Change:
    return lambda project: project.made(file).unlink()


def edits(file: str, edit: Callable[[list[str]], list[str]]) -> Change:
    """Change the lines of a file that was made."""

    def change(project: Checkout) -> None:
        path = project.made(file)
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(edit(lines)))

    return change


CAPTURE = "capture.pyspy"
ROWS: list[tuple[str, Change, tuple[str, ...]]] = [
    ("nothing", says(""), ()),
    # what the target says
    ("a capture option", replaces("rate = 50", "rate = 60"), after("capture")),
    ("the command", replaces('"burner.py"', '"./burner.py"'), after("capture")),
    ("a fold option", says("[fold]\nlines = false\n"), after("fold")),
    ("a fold option that changes no stack", says("[fold]\nkernel = true\n"), ("fold",)),
    ("a filter", says("[merge]\nhide = ['^hash_rows']\n"), after("merge")),
    ("a filter that finds nothing", says("[merge]\nignore = ['no such frame']\n"), ("merge",)),
    ("a render option", says('[render]\ntitle = "Burner"\n'), ("render", "profile")),
    ("a report option", says("[report]\ntop = 1\n"), ("report", "profile")),
    ("a comment", says("# a comment\n"), ()),
    ("an empty table", says("[render]\n"), ()),
    ("the order of the keys", replaces('duration = "$LENGTH"\nrate = 50', 'rate = 50\nduration = "$LENGTH"'), ()),
    ("another target", lambda project: project.target("other").write_text(project.target().read_text()), ()),
    ("another target is gone", lambda project: project.target("other").unlink(), ()),
    # what was made
    ("the capture's content", edits(CAPTURE, lambda lines: [*lines, "main;more 7\n"]), after("fold")),
    ("the capture's order", edits(CAPTURE, lambda lines: lines[::-1]), ("fold",)),
    ("the capture's time", lambda project: os.utime(project.made(CAPTURE)), ()),
    ("the stacks", edits("profile.folded", lambda lines: [*lines, "main;more 7\n"]), ("history", *after("merge"))),
    ("no capture", removes(CAPTURE), after("capture")),
    ("no stacks", removes("profile.folded"), ("fold",)),
    ("no merged stacks", removes("merged.folded"), ("merge",)),
    ("no picture", removes("flamegraph.svg"), ("render",)),
    ("no report", removes("report.txt"), ("report",)),
    ("nothing left", lambda project: shutil.rmtree(project.made("")), after("capture")),
    # the code: the bytes stay the same, so the chain ends where the code ends
    ("capture's code", codes("capture/__init__.py"), ()),
    ("fold's code", codes("fold/py_spy.py"), ("fold", "merge")),  # which folds what is not folded yet
    ("merge's code", codes("merge/kway.py"), ("merge",)),
    ("render's code", codes("render/layout.py"), ("render",)),
    ("report's code", codes("report/tables.py"), ("report",)),
    ("the model's code", codes("folded.py"), ("fold", "merge", "render", "report")),
    ("the stage contract's code", codes("stage.py"), ("fold", "merge", "render", "report")),
    ("the pipeline's code", codes("pipeline/__init__.py"), ()),
    ("other code", codes("diff/__init__.py"), ()),
    # what is for comparisons alone
    ("a diff option", says("[diff]\nnormalize = true\n"), ()),
    ("the gate", says("[gate]\nfail_above = 5\n"), ()),
    ("how much of the past to keep", says("[history]\nkeep = 5\n"), ("history",)),
    ("the past is gone", lambda project: shutil.rmtree(project.made("history")), ("history",)),
    ("the manifest is gone", removes("manifest.json"), ()),
    ("trend's code", codes("trend/__init__.py"), ()),
    # what is watched
    ("a watched file", lambda project: (project.root / "burner.py").open("a").write("#\n"), after("capture")),
    ("a watched file's time", lambda project: os.utime(project.root / "burner.py"), ()),
    ("one more file to watch", lambda project: (project.root / "lib" / "more.py").write_text(""), after("capture")),
    ("one file less to watch", lambda project: (project.root / "lib" / "rows.py").unlink(), after("capture")),
    ("a file that no glob matches", lambda project: (project.root / "README").write_text("x"), ()),
    ("a file that is excluded", lambda project: (project.root / "lib" / "rows_test.py").write_text("x"), ()),
    ("another glob for the same files", replaces('"lib/**"', '"li?/**"'), ()),
    # what all targets have in common
    ("a default of render", defaults('[render]\ntitle = "All"\n'), ("render", "profile")),
    ("a default that the target overrules", defaults("[capture]\nrate = 99\n"), ()),
    ("a default of another source", defaults("[capture]\ninterval = 99\n"), ()),
    ("a default of capture", defaults("[capture]\nidle = true\n"), after("capture")),
    ("a baseline", lambda project: project.doit("baseline:burn"), ()),
    ("one round, said", replaces("rate = 50", "rate = 50\nrounds = 1"), ()),
    ("two rounds", replaces("rate = 50", "rate = 50\nrounds = 2"), after("capture")),
]


@pytest.mark.parametrize(("what", "change", "expected"), ROWS, ids=[row[0].replace(" ", "-") for row in ROWS])
def test_changed(project: Checkout, what: str, change: Change, expected: tuple[str, ...]) -> None:
    change(project)
    assert project.ran("profile:burn", LENGTH="1s") == sorted(f"{step}:burn" for step in expected), what
    assert project.ran("profile:burn", LENGTH="1s") == []


ASKED: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    (("capture:burn", "--fresh"), ("capture",)),
    (("profile:burn", "--fresh"), STEPS),
    (("profile", "--fresh"), STEPS),
    (("render:burn",), ()),
    (("trend:burn",), ("trend",)),
    (("open:burn",), ("open",)),
]


@pytest.mark.parametrize(("asked", "expected"), ASKED, ids=[" ".join(row[0]) for row in ASKED])
def test_asked(project: Checkout, asked: tuple[str, ...], expected: tuple[str, ...]) -> None:
    ran = [name for name in project.ran(*asked, LENGTH="1s") if name.endswith(":burn")]
    assert ran == sorted(f"{step}:burn" for step in expected)
    assert [name for name in project.ran("profile:burn", "trend:burn", LENGTH="1s") if "trend" not in name] == (
        sorted(f"{step}:burn" for step in STEPS[1:]) if expected == ("capture",) else []
    )


def test_a_script_beside_the_code_of_render_is_its_code(project: Checkout) -> None:
    (project.package("render") / "extra.js").write_text("1;")
    assert project.ran("profile:burn", LENGTH="1s") == ["render:burn"]


def test_a_variable(project: Checkout) -> None:
    assert project.ran("profile:burn") == []  # unset: what was captured stands
    assert project.ran("profile:burn", LENGTH="0.5s") == sorted(f"{step}:burn" for step in STEPS)
    assert project.ran("profile:burn", LENGTH="0.5s") == []


def test_other_targets_stay_as_they_are(project: Checkout) -> None:
    replaces("rate = 50", "rate = 60")(project)
    before = {path: path.stat().st_mtime_ns for path in project.made("", "other").iterdir()}
    assert project.ran("profile", LENGTH="1s") == sorted(f"{step}:burn" for step in STEPS)
    assert {path: path.stat().st_mtime_ns for path in project.made("", "other").iterdir()} == before


def test_side_by_side(project: Checkout) -> None:
    for name in ("burn", "other"):
        shutil.rmtree(project.made("", name))
    done = project.doit("-n", "4", "profile", LENGTH="1s")
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.ran("profile", LENGTH="1s") == []


def test_two_runs_at_a_time_forget_nothing_of_each_other(project: Checkout) -> None:
    for name in ("burn", "other"):
        shutil.rmtree(project.made("", name))
    runs = [
        threading.Thread(target=project.doit, args=(f"profile:{name}",), kwargs={"LENGTH": "1s"})
        for name in ("burn", "other")
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert project.ran("profile", LENGTH="1s") == []
