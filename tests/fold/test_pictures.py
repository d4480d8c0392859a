"""Flame graphs read back: SVG of flamegraph.pl and inferno, HTML of async-profiler; and XML that is not harmless."""

from __future__ import annotations

import subprocess

import pytest

from captures import FIXTURES, folding, stacks
from requirements import needs
from resq_flame import folded
from resq_flame.fold.ledger import ProfileError

PYTHON = FIXTURES / "svg/inferno-0.12-python.svg"


def test_icicles_are_read_like_flames() -> None:
    assert stacks(FIXTURES / "svg/inferno-0.12-inverted.svg") == stacks(PYTHON)


def test_a_picture_says_that_it_may_lack_narrow_frames() -> None:
    assert "too narrow" in folding(PYTHON)[1].notes[0]


def test_flamegraph_of_2013() -> None:
    box = '<g onmouseover="s(\'{} ({} samples, 9%)\')" onmouseout="c()">\n<rect x="{}" y="{}" width="{}" />'
    rows = (("all", "1,000", 10, 40, 100), ("a&lt;b&gt;", 600, 10, 20, 60), ("c", 400, 70, 20, 40))
    boxes = [box.format(*row) for row in rows]
    assert stacks(f"<svg><!-- Flame Graph -->{''.join(boxes)}</svg>".encode()) == {"a<b>": 600, "c": 400}


GIVEN = [{"main;a;b": 500, "main;a": 250, "main;c d;e": 125, "other": 125}, {"main;a;b": 3}]


@pytest.mark.parametrize("given", GIVEN, ids=len)
@pytest.mark.parametrize("flags", [(), ("--inverted",), ("--reverse", "--inverted")], ids=" ".join)
def test_inferno_and_back(flags: tuple[str, ...], given: dict[str, int]) -> None:
    stream = b"".join(folded.dump(folded.Folded(stacks=dict(given)), header=False))
    svg = subprocess.run([needs("inferno-flamegraph"), *flags], input=stream, capture_output=True, check=True).stdout
    if "--reverse" in flags:
        given = {";".join(reversed(stack.split(";"))): weight for stack, weight in given.items()}
    assert stacks(svg) == given


def test_a_picture_of_something_else_is_refused() -> None:
    with pytest.raises(ProfileError, match="expected boxes with titles"):
        stacks(b"<svg><title>a chart</title></svg>", "svg")


def test_a_picture_of_ours_without_its_profile_is_not_guessed_from_its_boxes() -> None:
    with pytest.raises(ProfileError, match="expected <metadata"):
        stacks(b'<svg><metadata data-schema="resq-flame/profile 1"></metadata></svg>', "svg")


HTML = FIXTURES / "async-html/async-profiler-4.1-cpu.html"


def test_async_profilers_page_has_the_total_of_its_root() -> None:
    assert sum(folding(HTML)[0].stacks.values()) == 793


def test_async_profilers_page_of_version_2() -> None:
    calls = b"f(0,0,9,3,'all')\nf(1,0,9,0,'A.main')\nf(2,0,4,0,'A.it\\'s')\n"
    page = b"<!DOCTYPE html><canvas></canvas>async-profiler\n" + calls
    assert stacks(page) == {"A.main": 5, "A.main;A.it's": 4}


@pytest.mark.parametrize(
    "entity",
    ['<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">', '<!ENTITY b SYSTEM "file:///etc/passwd">'],
    ids=["a bomb", "a file"],
)
def test_xml_with_entities_is_refused(entity: str) -> None:
    text = f"<?xml version='1.0'?><!DOCTYPE x [{entity}]><trace-query-result><row>&b;</row></trace-query-result>"
    with pytest.raises(ProfileError, match="found what no profile needs"):
        stacks(text.encode(), "xctrace")


def test_a_sample_may_refer_to_a_stack_above() -> None:
    row = '<row><backtrace id="9"><frame id="1" name="leaf"/><frame id="2" name="main"/></backtrace></row>'
    text = f'<trace-query-result><node>{row}<row><backtrace ref="9"/></row></node></trace-query-result>'
    assert stacks(text.encode()) == {"main;leaf": 2}
