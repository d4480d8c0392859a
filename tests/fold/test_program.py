"""What is particular to the program ``resq-fold``; the contract of all stages is in tests/test_programs.py."""

from __future__ import annotations

import pytest

from captures import FIXTURES
from resq_flame import fold
from resq_flame.fold.__main__ import main

HEAP = str(FIXTURES / "pprof/go-1.26-heap.pb.gz")


def test_the_table_of_formats(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["--list-formats"]) == 0
    assert [line.split()[0].decode() for line in capsysbinary.readouterr().out.splitlines()] == [*fold.FORMATS]


def test_what_was_left_out_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([HEAP]) == 0
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].startswith(f"resq-fold: {HEAP}: has the sample types alloc_objects, alloc_space, ")


def test_a_sample_type_that_is_not_there_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--sample-type", "cpu", HEAP]) == 2
    assert "expected a sample type it has (alloc_objects, " in capsys.readouterr().err


@pytest.mark.parametrize("flag", ["--sample-type", "--weight"])
def test_the_weight_has_two_names(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([flag, "inuse_objects", HEAP]) == 0
    assert '"unit":"count"' in capsys.readouterr().out


def test_a_named_format_is_not_sniffed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--format", "cpuprofile", HEAP]) == 1
    assert capsys.readouterr().err.startswith(f"resq-fold: {HEAP}: expected JSON, found ")
