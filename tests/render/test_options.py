"""The flags: what they take, and the one line that says what they do not."""

from __future__ import annotations

import argparse
from decimal import Decimal

import pytest

from resq_flame.render import options
from resq_flame.render.__main__ import main
from resq_flame.render.options import Options


def parsed(*arguments: str) -> Options:
    parser = argparse.ArgumentParser()
    options.add_stage_arguments(parser)
    options.add_arguments(parser)
    return options.from_arguments(parser.parse_args(arguments))


TAKEN = [
    ((), Options()),
    (("--width", "auto"), Options()),
    (("--width", "900", "--height", "20"), Options(width=900, height=20)),
    (("--minwidth", "0.1"), Options()),
    (("--minwidth", "2%"), Options(minwidth=0.02)),
    (("--minwidth", "6px"), Options(minwidth=0.005)),
    (("--minwidth", "0"), Options(minwidth=0.0)),
    (("--icicle",), Options(inverted=True)),
    (("-i",), Options(inverted=True)),
    (("--hash",), Options()),
    (("--factor", "0.001"), Options(factor=Decimal("0.001"))),
    (("--search-color", "rgb(230,0,230)"), Options(search_color="#e600e6")),
    (("--bgcolors", "#102030"), Options(bgcolors="#102030")),
    (("--base", "main", "--base", "worker"), Options(base=("main", "worker"))),
    (("--flamechart", "--no-sort"), Options(flamechart=True, no_sort=True)),
    (("--delta", "self"), Options(delta="self")),
    (("--cp",), Options(palette="palette.map")),
    (("--palette", "mine.map"), Options(palette="mine.map")),
    (("--nameattr", "names.tsv"), Options(nameattr="names.tsv")),
    (("--bgcolors", "blue", "-c", "java"), Options(bgcolors="blue", colors="java")),
]


@pytest.mark.parametrize(("arguments", "wanted"), TAKEN)
def test_taken(arguments: tuple[str, ...], wanted: Options) -> None:
    assert parsed(*arguments) == wanted


REFUSED = [
    (("--width", "0"), "expected 200 to 100000 pixels, found '0'"),
    (("--width", "9" * 99), "expected 200 to 100000 pixels"),
    (("--height", "-3"), "--height"),
    (("--height", "tall"), "expected 4 to 100000 pixels, found 'tall'"),
    (("--minwidth", "wide"), "expected a percentage"),
    (("--minwidth", "."), "expected a percentage"),
    (("--fontsize", "0"), "expected a number above 0"),
    (("--fontsize", "inf"), "expected a number above 0"),
    (("--factor", "0"), "expected a number above 0"),
    (("--factor", "1e3"), "expected a number above 0"),
    (("--colors", "pink"), "unknown name 'pink': expected one of hot, mem,"),
    (("--bgcolors", "#12"), "expected yellow, blue, green, grey or #rrggbb"),
    (("--search-color", "red;}</style>"), "expected #rrggbb"),
    (("--search-color", "rgb(300,0,0)"), "expected #rrggbb"),
    (("--delta", "both"), "expected one of total, self, found 'both'"),
    (("--format", "gif"), "expected one of svg, html, json, folded, speedscope, png, found 'gif'"),
    (("--tit", "x"), "unknown flag --tit"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_refused(arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*arguments, "nothing.folded"])
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "flags", [("--hash", "--random"), ("--flamechart", "--reverse"), ("--flamechart", "--differential")]
)
def test_flags_that_exclude_each_other(flags: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*flags, "nothing.folded"]) == 2
    assert "exclude each other" in capsys.readouterr().err
