"""The profile inside the picture: exact, and no trust in what a file says."""

from __future__ import annotations

import binascii
import json
import zlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles import differentials, profiles
from resq_flame import embedded
from resq_flame.folded import Differential, Folded, FoldedError
from resq_flame.render import svg
from resq_flame.render.options import Options


@given(profiles() | differentials(), st.builds(Options, reverse=st.booleans(), inverted=st.booleans()))
def test_a_picture_gives_back_its_profile(profile: Folded | Differential, options: Options) -> None:
    assert embedded.extract(b"".join(svg.draw(profile, options))) == profile


@given(profiles() | differentials())
def test_embedding_alone_is_exact_too(profile: Folded | Differential) -> None:
    assert embedded.extract(embedded.element(embedded.embed(profile)).encode()) == profile


@given(st.dictionaries(st.text().filter(lambda entry: "" not in entry.split(";")), st.integers(0), max_size=5))
def test_names_need_not_be_clean(stacks: dict[str, int]) -> None:
    profile = Folded(stacks=stacks)
    assert embedded.extract(embedded.element(embedded.embed(profile)).encode()) == profile


SAID = {
    "schema": "resq-flame/profile",
    "version": 1,
    "meta": {"unit": "samples", "source": "", "columns": []},
    "reversed": False,
    "names": ["main"],
    "frames": [0, 0],
    "depths": [1, 2],
    "weights": [None, 3],
}


def element(said: object) -> bytes:
    return embedded.element(binascii.b2a_base64(zlib.compress(json.dumps(said).encode())).decode()).encode()


DOCUMENTATION = (Path(__file__).parents[2] / "docs" / "SVG_SCHEMA.md").read_text(encoding="utf-8")


def test_the_example_in_the_documentation_is_read_as_it_says() -> None:
    said = json.loads(DOCUMENTATION.partition("```json\n")[2].partition("```")[0])
    profile = embedded.extract(element(said))
    assert profile.stacks == {"main;serve": 2, "main;serve;parse": 31, "main;serve;render": Decimal("62.5")}
    assert f'data-schema="{embedded.SCHEMA} {embedded.VERSION}"' in DOCUMENTATION


def test_the_program_in_the_documentation_reads_a_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = Folded(stacks={"main;serve": 2, "idle": 1})
    (tmp_path / "app.svg").write_bytes(b"".join(svg.draw(profile, Options())))
    monkeypatch.chdir(tmp_path)
    read: dict[str, Any] = {}
    exec(DOCUMENTATION.partition("```python\n")[2].partition("```")[0], read)
    assert read["profile"]["names"] == ["idle", "main", "serve"]
    assert read["profile"]["weights"] == [1, None, 2]


def test_the_least_that_is_read() -> None:
    assert embedded.extract(element(SAID)) == Folded(stacks={"main;main": 3})


DAMAGED = [
    pytest.param(b"<svg/>", "expected <metadata", id="an SVG of another tool"),
    pytest.param(b"", "expected <metadata", id="nothing"),
    pytest.param(
        element(SAID).replace(b"profile 1", b"profile 2"), "expected an embedded profile", id="another version"
    ),
    pytest.param(embedded.element("====").encode(), "damaged", id="no base64"),
    pytest.param(embedded.element("AAAA").encode(), "damaged", id="no zlib"),
    pytest.param(embedded.element(embedded.embed(Folded(stacks={"a": 1}))[:12]).encode(), "ends early", id="cut short"),
    pytest.param(element([]), "damaged", id="no object"),
    pytest.param(element({}), "damaged", id="an empty object"),
    pytest.param(element(SAID | {"depths": [1, 3]}), "expected a depth of 1 to 2, found 3", id="a depth skipped"),
    pytest.param(element(SAID | {"depths": [0, 1]}), "expected a depth", id="no depth"),
    pytest.param(element(SAID | {"depths": [1]}), "damaged", id="too few depths"),
    pytest.param(element(SAID | {"frames": [0, 1]}), "damaged", id="a name that is not there"),
    pytest.param(element(SAID | {"frames": [0, -1]}), "damaged", id="a name from behind"),
    pytest.param(element(SAID | {"names": [1]}), "damaged", id="a name that is a number"),
    pytest.param(element(SAID | {"weights": [None, -3]}), "expected a weight", id="a negative weight"),
    pytest.param(element(SAID | {"weights": [None, "3"]}), "expected a weight", id="a weight that is text"),
    pytest.param(element(SAID | {"weights": [None, float("nan")]}), "expected a weight", id="not a number"),
    pytest.param(element(SAID | {"weights": [None, True]}), "expected a weight", id="a truth"),
    pytest.param(element(SAID | {"meta": {"unit": "u", "source": "", "columns": ["x", "y"]}}), "before", id="columns"),
    pytest.param(
        element(SAID | {"meta": {"unit": "u", "source": "", "columns": ["before", "after"]}}),
        "expected 2 numbers",
        id="one number for two columns",
    ),
]


@pytest.mark.parametrize(("svg_bytes", "message"), DAMAGED)
def test_a_damaged_picture_is_said_to_be_so(svg_bytes: bytes, message: str) -> None:
    with pytest.raises(FoldedError, match=message):
        embedded.extract(svg_bytes)


@given(st.binary(max_size=200))
def test_any_bytes_inside_are_an_error_of_one_kind(content: bytes) -> None:
    with pytest.raises(FoldedError):
        embedded.extract(embedded.element(binascii.b2a_base64(content).decode()).encode())


def test_nested_json_does_not_exhaust_the_stack() -> None:
    deep = binascii.b2a_base64(zlib.compress(b"[" * 200_000)).decode()
    with pytest.raises(FoldedError):
        embedded.extract(embedded.element(deep).encode())


def test_a_bomb_is_not_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "LIMIT", 1000)
    bomb = binascii.b2a_base64(zlib.compress(b" " * 1_000_000)).decode()
    with pytest.raises(FoldedError, match="too large"):
        embedded.extract(embedded.element(bomb).encode())


def test_a_gap_counts_for_its_caller() -> None:
    said = SAID | {"names": ["main", "a", ""], "frames": [0, 1, 2, 1], "depths": [1, 2, 2, 2], "weights": [3, 4, 5, 6]}
    assert embedded.extract(element(said)) == Folded(stacks={"main": 8, "main;a": 10})
