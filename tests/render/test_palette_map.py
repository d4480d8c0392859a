"""palette.map: colours that a file keeps from picture to picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from programs import error_line, run_stage
from render.pictures import drawn, stacks
from resq_flame.render import palette_map
from resq_flame.stage import StageError


def test_what_flamegraph_pl_wrote_is_read_and_written(tmp_path: Path) -> None:
    file = tmp_path / "palette.map"
    file.write_text("a->b->rgb(10,20,30)\nmain->rgb(227,104,24)\n")
    colours = palette_map.read(str(file))
    assert colours == {"a->b": "#0a141e", "main": "#e36818"}
    assert b"".join(palette_map.dump(colours)).decode() == file.read_text()


@pytest.mark.parametrize("line", ["main", "main->red", "main->rgb(1,2,300)", "main->rgb(1,2)"])
def test_another_shape_is_said_to_be_one(line: str, tmp_path: Path) -> None:
    file = tmp_path / "palette.map"
    file.write_text(f"{line}\n")
    with pytest.raises(StageError, match=r":1: expected .name->rgb\(r,g,b\)., found"):
        palette_map.read(str(file))


def test_colours_of_the_file_are_drawn_and_new_ones_kept(tmp_path: Path) -> None:
    file = tmp_path / "palette.map"
    file.write_text("main->rgb(1,2,3)\n")
    done = run_stage("render", "--cp", stdin=b"main;new 3\n", cwd=tmp_path)
    assert b"{fill:#010203}" in done.stdout
    assert b"+text{fill:#ffffff}" in done.stdout
    first = file.read_text()
    assert first.startswith("main->rgb(1,2,3)\nnew->rgb(")
    again = run_stage("render", "--palette", "palette.map", stdin=b"new;main 3\n", cwd=tmp_path)
    assert again.returncode == 0
    assert file.read_text() == first


def test_a_broken_file_is_left_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "palette.map"
    file.write_text("nonsense\n")
    assert "expected" in error_line(run_stage("render", "--cp", stdin=b"main 3\n", cwd=tmp_path))
    assert file.read_text() == "nonsense\n"


def test_no_file_is_an_empty_one(tmp_path: Path) -> None:
    assert drawn(stacks(a=1), palette=str(tmp_path / "none.map")) == drawn(stacks(a=1))
