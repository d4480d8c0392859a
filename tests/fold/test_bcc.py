"""The stacks of bcc's profile and offcputime: what the numbers below them are."""

from __future__ import annotations

import pytest

from captures import FIXTURES, folding, selves

RUNNING = "    hash_rows\n    main\n    -                my app: 1 (29241)\n        12\n\n"
BLOCKED = "    __schedule\n    schedule\n    --\n    read\n    main\n    -                app (29241)\n        12\n\n"

UNITS = {
    "samples where functions run": (RUNNING, "samples"),
    "microseconds where stacks end in the scheduler": (BLOCKED + BLOCKED + RUNNING, "microseconds"),
    "by the header of profile": (f"Sampling at 49 Hertz of all threads by user + kernel stack\n{BLOCKED}", "samples"),
    "by the header of offcputime": (
        f"Tracing off-CPU time (us) of all threads by user stack\n{RUNNING}",
        "microseconds",
    ),
}


@pytest.mark.parametrize(("text", "unit"), UNITS.values(), ids=UNITS)
def test_unit(text: str, unit: str) -> None:
    assert folding(text.encode())[0].meta.unit == unit


def test_the_comm_is_the_root_frame_and_the_kernel_stands_on_the_user() -> None:
    profile = folding((RUNNING + BLOCKED).encode())[0]
    assert profile.stacks == {"my app: 1;main;hash_rows": 12, "app;main;read;schedule;__schedule": 12}


def test_verbose_frames() -> None:
    text = (
        b"    #0  0xffffffff81a0 do_nanosleep+0x5c\n    #1  0x00007f12 f+0x1 (libc.so)\n"
        b"    -                app (7)\n        5\n"
    )
    assert [*folding(text)[0].stacks] == ["app;f;do_nanosleep"]


def test_libbpf_tools_time_blocked() -> None:
    profile, ledger = folding(FIXTURES / "bcc/libbpf-tools-0.26-offcputime.txt")
    assert sum(selves(profile).values()) == 21419031
    assert "c++filt" in ledger.notes[0]
