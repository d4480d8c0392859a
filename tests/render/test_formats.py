"""--format: the same profile, for other places and other tools."""

from __future__ import annotations

import io
import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles import differentials, profiles
from programs import error_line, run_stage
from render.pictures import FIXTURES, drawn, read, stacks
from resq_flame import folded
from resq_flame.fold import fold
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.options import Options as FoldOptions
from resq_flame.folded import Differential, Folded
from resq_flame.render.formats import FORMATS
from resq_flame.render.options import Options

PNG = b"\x89PNG\r\n\x1a\n"


def made(name: str, profile: Folded | Differential, **options: object) -> bytes:
    return b"".join(FORMATS[name].draw(profile, Options(**options)))  # type: ignore[arg-type]


@given(profiles() | differentials())
def test_folded_is_the_profile(profile: Folded | Differential) -> None:
    assert folded.parse(made("folded", profile).splitlines(keepends=True)) == profile


@given(profiles(min_size=1), st.sampled_from(["svg", "html"]), st.booleans())
def test_fold_reads_pictures_back_exactly(profile: Folded, name: str, reverse: bool) -> None:
    content = io.BytesIO(made(name, profile, reverse=reverse))
    assert fold(content, FoldOptions(), Ledger(), "svg").stacks == profile.stacks  # type: ignore[arg-type]


def test_fold_recognises_a_picture_and_its_unit() -> None:
    profile = read("py-spy-0.4-compileall.folded")
    back = fold(io.BytesIO(drawn(profile).encode()), FoldOptions(), Ledger())  # type: ignore[arg-type]
    assert (back.stacks, back.meta.unit) == (profile.stacks, profile.meta.unit)


@given(profiles(unit="microseconds", min_size=1))
def test_fold_reads_speedscopes_format_back(profile: Folded) -> None:
    said = json.loads(made("speedscope", profile))["profiles"][0]
    assert (said["unit"], said["type"]) == ("microseconds", "sampled")
    assert said["endValue"] == pytest.approx(float(folded.total(profile.stacks.values())))
    assert len(said["samples"]) == len(said["weights"]) == len(profile.stacks)


def test_speedscope_has_a_profile_for_each_side() -> None:
    said = json.loads(made("speedscope", Differential(stacks={"main;a": (10, 30), "main;b": (60, 0)})))
    assert [(side["name"], side["weights"]) for side in said["profiles"]] == [("before", [10, 60]), ("after", [30])]


def test_json_is_the_embedded_document() -> None:
    said = json.loads(made("json", stacks(main_a=3, main_b=4)))
    assert (said["schema"], said["version"]) == ("resq-flame/profile", 1)
    assert (said["names"], said["frames"], said["depths"]) == (["main", "a", "b"], [0, 1, 2], [1, 2, 2])
    assert said["weights"] == [None, 3, 4]


def test_a_page_is_the_picture_in_html() -> None:
    seen: list[str] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
            seen.append(tag)

    page = made("html", stacks(main=1), title="<b>").decode()
    Parser().feed(page)
    assert seen[:7] == ["html", "head", "meta", "meta", "meta", "title", "style"]
    assert "svg" in seen
    assert "<?xml" not in page


@pytest.mark.parametrize("name", ["perf-6.1-cpp", "py-spy-0.4-compileall", "perf-6.1-differential", "hostile"])
def test_png_has_the_size_and_the_colours_of_the_picture(name: str) -> None:
    image = pytest.importorskip("PIL.Image")
    picture = image.open(io.BytesIO(made("png", read(f"{name}.folded"), colors="green", title="λ <b>")))
    height = int(drawn(read(f"{name}.folded")).partition(' height="')[2].partition('"')[0])
    assert picture.size == (2400, 2 * height)
    colours = {colour for _, colour in picture.getcolors(1 << 20)}
    assert {(228, 224, 217), (255, 255, 255)} < colours  # the root, the canvas
    assert len(colours) > 5


def test_png_and_html_in_the_dark() -> None:
    image = pytest.importorskip("PIL.Image")
    picture = image.open(io.BytesIO(made("png", stacks(main=1), theme="dark")))
    assert picture.getpixel((0, 0)) == (0x17, 0x18, 0x1C)
    page = made("html", stacks(main=1), theme="dark").decode()
    assert '<meta name="color-scheme" content="dark">' in page


def test_png_is_refused_where_it_would_be_larger_than_readers_take() -> None:
    pytest.importorskip("PIL.Image")
    done = run_stage("render", "--format", "png", "--height", "20000", stdin=b"a;b;c 1\n")
    assert "expected a picture of at most 30000 pixels" in error_line(done)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_from_the_shell(name: str) -> None:
    if name == "png":
        pytest.importorskip("PIL.Image")
    done = run_stage("render", "--format", name, stdin=b"main;a 3\n")
    assert done.stderr == b""
    assert done.stdout.startswith(PNG) == (name == "png")


def test_a_flame_chart_from_the_shell() -> None:
    done = run_stage("render", "--flamechart", "--format", "folded", stdin=b"b 1\na 2\nb 3\nx\n")
    assert done.stdout.endswith(b"\nb 1\na 2\nb 3\n")
    assert b"left out 1 lines" in done.stderr
    assert (
        b'<text id="title" x="600" y="31">Flame Chart</text>'
        in run_stage("render", "--flamechart", stdin=b"b 1\n").stdout
    )


def test_an_empty_flame_chart_is_an_error() -> None:
    assert "expected at least one stack" in error_line(run_stage("render", "--flamechart", stdin=b"\n"))


@pytest.mark.parametrize("name", ["perf-6.1-differential", "perf-6.1-cpp"])
def test_every_stage_reads_a_picture_of_ours(name: str) -> None:
    stream = (FIXTURES / f"{name}.folded").read_bytes()
    picture = run_stage("render", stdin=stream).stdout
    assert run_stage("report", stdin=picture).stdout == run_stage("report", stdin=stream).stdout
    assert run_stage("render", stdin=picture).stdout == picture


def test_a_picture_of_another_tool_is_said_to_be_one() -> None:
    assert "resq-fold reads those of other tools" in error_line(run_stage("render", stdin=b"<svg></svg>"))
