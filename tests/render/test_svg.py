"""The static layer: goldens, well-formed whatever the names are, and the peers' conventions."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles import differentials, profiles
from programs import STAGES, run
from render.pictures import FIXTURES, SVG, boxes, drawn, read, stacks, still
from requirements import needs
from resq_flame import embedded
from resq_flame.folded import Differential, Folded, Meta
from resq_flame.render import script, svg, timeline
from resq_flame.render.layout import layout, wide
from resq_flame.stage import StageError

GOLDENS = {
    "perf-6.1-cpp": {"title": "wcpp", "subtitle": "perf record -F 99 -a"},
    "py-spy-0.4-compileall": {"inverted": True, "colors": "python"},
    "perf-6.1-differential": {},
    "hostile": {"title": '<b>&"\x07', "notes": "]]></desc>", "bgcolors": "grey"},
}


@pytest.mark.parametrize("name", GOLDENS)
def test_pictures_are_as_last_looked_at(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(FIXTURES / f"{name}.svg", still(drawn(read(f"{name}.folded"), **GOLDENS[name])))


@pytest.mark.parametrize("name", GOLDENS)
def test_xmllint_accepts(name: str) -> None:
    picture = drawn(read(f"{name}.folded"), **GOLDENS[name])
    lint = [needs("xmllint"), "--noout", "--nonet", "-"]
    assert subprocess.run(lint, input=picture.encode(), capture_output=True, check=False).stderr == b""


@given(profiles() | differentials(), st.text(max_size=20))
def test_any_name_gives_well_formed_xml(profile: Folded | Differential, title: str) -> None:
    ElementTree.fromstring(drawn(profile, title=title, subtitle=title, notes=title, countname=title, nametype=title))


@given(st.dictionaries(st.text(max_size=30), st.integers(1, 9), min_size=1, max_size=4))
def test_not_even_names_that_nobody_cleaned_break_it(named: dict[str, int]) -> None:
    ElementTree.fromstring(drawn(Folded(stacks=named)))


def test_names_run_nothing() -> None:
    """No element and no attribute comes out of a name: those of the hostile picture are those of a plain one."""

    def kinds(picture: str) -> set[tuple[str, ...]]:
        return {(element.tag, *sorted(element.attrib)) for element in ElementTree.fromstring(picture).iter()}

    assert kinds(drawn(read("hostile.folded"))) == kinds(drawn(stacks(a_b=3)))


def test_the_files_within_can_stand_in_xml_and_in_html() -> None:
    assert not {"]]>", "</script", "<!--"} & set(re.findall(r"]]>|</script|<!--", script.source()))
    assert not {"<", "&"} & set(script.text("view.css"))


def test_it_asks_the_network_for_nothing() -> None:
    picture = drawn(read("hostile.folded"))
    for word in ("fetch(", "XMLHttpRequest", "WebSocket", "@import", "src=", "import(", "innerHTML"):
        assert word not in still(picture).split('<g id="frames"')[0]
        assert word not in picture.split("<script>")[1]
    assert set(re.findall(r"url\(.", picture)) <= {"url(#"}


@given(profiles())
def test_every_wide_frame_is_drawn_with_its_numbers(profile: Folded) -> None:
    laid = layout(profile)
    shown = [at for at in wide(laid.trie, laid.after.total, 5e-324) if laid.after.total[at]]
    assert [box.total for box in boxes(drawn(profile, minwidth=0.0))[1:]] == [
        svg.text(laid.after.total[at]) for at in shown
    ]


def test_titles_are_the_peers() -> None:
    profile = Folded(Meta("microseconds"), {"main;parse": 1234, "main": Decimal("8765.5")})
    assert [box.title for box in boxes(drawn(profile))] == [
        "all (9,999.5 microseconds, 100.00%)",
        "main (9,999.5 microseconds, 100.00%)",
        "parse (1,234 microseconds, 12.34%)",
    ]


def test_a_factor_scales_what_is_shown_and_a_count_name_calls_it() -> None:
    shown = boxes(drawn(stacks(main=1500), factor=Decimal("0.001"), countname="ms"))
    assert [box.title for box in shown] == ["all (1.5 ms, 100.00%)", "main (1.5 ms, 100.00%)"]


def test_a_differential_title_tells_both_sides() -> None:
    shown = boxes(drawn(Differential(stacks={"main;a": (10, 30), "main;b": (60, 70)})))
    assert shown[2].title == "a (30 samples, 30.00%; +20.00%, before 10)"


def test_fg_attributes_are_infernos() -> None:
    shown = boxes(drawn(stacks(main_a=3, main_b=4)))
    assert [(box.start, box.total) for box in shown] == [("0", "7"), ("0", "7"), ("0", "3"), ("3", "4")]


def test_the_root_is_at_the_bottom_of_a_flame_graph_and_on_top_of_an_icicle_graph() -> None:
    flame, icicle = (boxes(drawn(stacks(a_b=1), inverted=inverted)) for inverted in (False, True))
    assert [box.y for box in flame] == sorted((box.y for box in flame), reverse=True)
    assert [box.y for box in icicle] == sorted(box.y for box in icicle)


@pytest.mark.parametrize(("minwidth", "names"), [(0.001, 3), (0.02, 2), (1.0, 1), (0.0, 3)])
def test_narrow_frames_are_put_off(minwidth: float, names: int) -> None:
    assert len(boxes(drawn(stacks(a=99, b=1), minwidth=minwidth))) == names


def test_a_picture_of_nothing_is_a_picture() -> None:
    assert [box.title for box in boxes(drawn(Folded()))] == ["all (0 samples, 0.00%)"]
    assert [box.title for box in boxes(drawn(stacks(a=0), minwidth=0.0))] == ["all (0 samples, 0.00%)"]


def test_growth_and_shrinkage_have_their_colours_on_totals() -> None:
    profile = Differential(stacks={"main;up": (0, 4), "main;down": (4, 0), "main;same": (3, 3), "main;vast": (1, 9)})
    fills = {box.title.split()[0]: box.fill for box in boxes(drawn(profile))}
    assert fills == {"all": "root", "main": "g7", "up": "g5", "same": "s0", "vast": "g7"}
    negated = {box.title.split()[0]: box.fill for box in boxes(drawn(profile, negate=True))}
    assert negated["up"] == "s5"


@pytest.mark.parametrize(
    ("name", "letters", "label"),
    [
        ("main", 4, "main"),
        ("main", 3, "ma…"),
        ("main", 2, ""),
        ("parse_body", 6, "parse…"),
        ("火焰图", 6, "火焰图"),
        ("火焰图", 5, "火焰…"),
        ("火焰图", 4, "火…"),
        ("a火焰图b", 6, "a火焰…"),
        ("\U0001f525\U0001f9ef", 3, "\U0001f525…"),
        ("é" * 5, 5, "é" * 5),
        ("é" * 6, 5, "éééé…"),
    ],
)
def test_labels_fit(name: str, letters: int, label: str) -> None:
    assert svg.fitted(name, letters) == label


@given(st.text(max_size=30), st.integers(3, 40))
def test_a_label_never_needs_more_room_than_there_is(name: str, letters: int) -> None:
    assert sum(2 if letter >= "\u1100" and letter != "…" else 1 for letter in svg.fitted(name, letters)) <= letters


def test_labels_stay_within_their_boxes() -> None:
    for box in boxes(drawn(read("perf-6.1-cpp.folded"))):
        assert len(box.label) * 12 * 0.6 <= box.width


def test_the_theme_follows_the_readers() -> None:
    style = ElementTree.fromstring(drawn(stacks(a=1))).findtext(f"{SVG}style", "")
    assert style.count("prefers-color-scheme: dark") == 2  # the file's, and the palette's


@pytest.mark.parametrize("name", ["hostile", "perf-6.1-differential"])
def test_the_same_bytes_under_every_hash_seed(name: str) -> None:
    content = (FIXTURES / f"{name}.folded").read_bytes()
    command = [sys.executable, str(STAGES / "render")]
    pictures = {run(command, content, PYTHONHASHSEED=seed).stdout for seed in ("0", "1", "4711")}
    assert len(pictures) == 1


def test_own_weights_can_be_compared_instead() -> None:
    profile = Differential(stacks={"main": (4, 0), "main;up": (0, 4)})
    fills = {box.title.split()[0]: box.fill for box in boxes(drawn(profile, delta="self"))}
    assert fills == {"all": "root", "main": "s7", "up": "g7"}
    fills = {box.title.split()[0]: box.fill for box in boxes(drawn(profile))}
    assert fills == {"all": "root", "main": "s0", "up": "g7"}


def test_a_difference_has_a_legend_with_its_scale() -> None:
    picture = drawn(Differential(stacks={"main;a": (10, 30), "main;b": (60, 70)}))
    legend = ElementTree.fromstring(picture).find(f"{SVG}g[@id='legend']")
    assert legend is not None
    assert [text.text for text in legend.iter(f"{SVG}text")] == ["-30.00%", "+30.00% of all, change of total"]
    assert len(legend.findall(f"{SVG}rect")) == 15
    assert 'id="legend"' not in drawn(stacks(a=1))


def test_stacks_can_begin_at_a_function() -> None:
    profile = Folded(stacks={"rt;main;a": 1, "rt2;main;a": 2, "main;b;main": 4, "idle": 9})
    assert [box.title for box in boxes(drawn(profile, base=("main",)))] == [
        "all (7 samples, 100.00%)",
        "main (7 samples, 100.00%)",
        "a (3 samples, 42.86%)",
        "b (4 samples, 57.14%)",
        "main (4 samples, 57.14%)",
    ]
    with pytest.raises(StageError, match="--base: expected a stack with the function x, found none"):
        drawn(profile, base=("x",))


def test_a_flame_chart_shows_no_gaps() -> None:
    chart = timeline.read([b"a;b 1\n", b"a 2\n", b"a;b 4\n"])
    assert [(box.title.split()[0], box.start, box.total) for box in boxes(drawn(chart))] == [
        ("all", "0", "7"),
        ("a", "0", "7"),
        ("b", "0", "1"),
        ("b", "3", "4"),
    ]
    assert embedded.extract(drawn(chart).encode()) == Folded(stacks={"a": 2, "a;b": 5})


def test_functions_have_what_a_file_says(tmp_path: Path) -> None:
    file = tmp_path / "attributes"
    file.write_text(
        'main\ttitle=where <it> begins\tclass=entry\nparse\thref=https://example.com/a?b&c\ttarget="_blank"\n'
    )
    picture = drawn(stacks(main_parse=3), nameattr=str(file))
    assert [box.title for box in boxes(picture)][1] == "where <it> begins"
    link = ElementTree.fromstring(picture).find(f".//{SVG}a")
    assert link is not None
    assert link.attrib == {"href": "https://example.com/a?b&c", "target": "_blank"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("main\tonclick=alert(1)", "expected one of title, class, href, target, found 'onclick'"),
        ("main\thref=javascript:alert(1)", "expected an address"),
        ('main\tclass=a" onload="x', "expected words for class"),
        ("main\tstyle=x", "expected one of"),
    ],
)
def test_a_file_of_attributes_runs_nothing(line: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "attributes"
    file.write_text(f"{line}\n")
    with pytest.raises(StageError, match=re.escape(message)):
        drawn(stacks(main=3), nameattr=str(file))


def test_a_view_is_described_to_the_script() -> None:
    frames = ElementTree.fromstring(drawn(stacks(a=1), width=900)).find(f"{SVG}g[@id='frames']")
    assert frames is not None
    view = json.loads(frames.get("data-view", ""))
    assert (view["unit"], view["width"], view["rows"]) == ("samples", 900, 2)


@pytest.mark.parametrize(("theme", "holds"), [("light", "not all"), ("dark", "screen")])
def test_a_picture_with_a_theme_of_its_own_does_not_ask_for_the_viewers(theme: str, holds: str) -> None:
    picture = drawn(stacks(main=1), theme=theme)
    assert "prefers-color-scheme" not in picture
    assert f"color-scheme: {theme};" in picture
    assert picture.count(f"@media {holds} {{") == 2
    assert "prefers-color-scheme" in drawn(stacks(main=1))
