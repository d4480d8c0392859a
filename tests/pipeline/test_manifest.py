"""The manifest: what made what, and nothing that is secret."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.checkout import Checkout
from resq_flame import manifest


def test_each_step_of_a_run_is_in_it(profiled: Checkout) -> None:
    found = json.loads(profiled.made("manifest.json").read_text())
    assert found["target"] == "burn"
    steps = found["steps"]
    assert set(steps) == {"capture", "fold", "merge", "render", "report"}
    captured = steps["capture"]
    assert captured["options"][:3] == ["python", "--duration=$LENGTH", "--rate=50"]
    assert captured["tools"]["py-spy"].startswith("py-spy ")
    assert captured["seconds"] >= 1
    assert datetime.fromisoformat(captured["started"]) <= datetime.now(UTC)
    assert {"inputs", "outputs", "revision", "seconds", "started", "tools", "options"} <= set(steps["fold"])


@pytest.mark.parametrize(
    ("step", "before"), [("fold", "capture"), ("merge", "fold"), ("render", "merge"), ("report", "merge")]
)
def test_what_one_step_made_is_what_the_next_one_read(profiled: Checkout, step: str, before: str) -> None:
    steps = manifest.read(profiled.made("manifest.json"))
    assert steps[step]["inputs"] == steps[before]["outputs"]
    for path, digest in steps[step]["outputs"].items():
        assert digest == "sha256:" + hashlib.sha256((profiled.root / path).read_bytes()).hexdigest()


def test_the_same_inputs_give_the_same_bytes_in_another_place(profiled: Checkout, tmp_path: Path) -> None:
    other = Checkout(tmp_path / "elsewhere")
    for name in ("dodo.py", "burner.py"):
        (other.root).mkdir(exist_ok=True)
        (other.root / name).write_bytes((profiled.root / name).read_bytes())
    (other.root / "stages").symlink_to(profiled.root / "stages")
    (other.root / "pipelines").mkdir()
    other.target().write_text(f'[capture]\nsource = "file"\nfile = "{profiled.made("capture.pyspy")}"\n')
    assert other.doit("profile:burn").returncode == 0
    for name in ("profile.folded", "merged.folded", "flamegraph.svg", "report.txt"):
        assert other.made(name).read_bytes() == profiled.made(name).read_bytes(), name
    ours, theirs = (next(one.made("history").glob("*.folded.gz")).read_bytes() for one in (profiled, other))
    assert ours == theirs


def test_steps_that_end_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "api" / "manifest.json"
    path.parent.mkdir()
    threads = [threading.Thread(target=manifest.record, args=(path, f"step{number}", {})) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(manifest.read(path)) == 20


@pytest.mark.parametrize("content", ["", "{", "[]", '{"steps": 3}', '{"steps": {"fold": 3}}', "\x00"])
def test_one_that_cannot_be_read_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    assert manifest.read(tmp_path / "manifest.json") == {}
