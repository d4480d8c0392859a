from __future__ import annotations

import pytest

from captures import FIXTURES, folding, stacks

DUMP = FIXTURES / "py-spy-dump-json/py-spy-0.4-dump.json"
NATIVE = FIXTURES / "py-spy-dump-json/py-spy-0.4-native.json"


def test_a_thread_is_a_sample_and_idle_ones_are_counted() -> None:
    profile, ledger = folding(DUMP)
    assert list(profile.stacks.values()) == [1]
    assert ledger.dropped == {"idle threads": (2, 2)}


def test_idle_threads_are_kept_if_asked_for() -> None:
    assert sum(stacks(DUMP, idle=True).values()) == 3  # type: ignore[arg-type]


def test_frames_are_root_first_with_file_and_line() -> None:
    (stack,) = stacks(DUMP)
    assert stack.startswith("<module> (work.py:34);request_loop (work.py:21);")


@pytest.mark.parametrize("options", [{"lines": False}, {"lines": True}])
def test_lines_may_be_taken_out(options: dict[str, bool]) -> None:
    assert all(("(work.py:5)" in stack) is options["lines"] for stack in stacks(DUMP, **options))


def test_threads_and_processes_are_named_as_py_spy_record_names_them() -> None:
    found = stacks(DUMP, idle=True, threads=True, processes=True)
    assert any(stack.startswith('process 21918:"";thread (21921): worker: 1;') for stack in found)


def test_native_frames_have_their_library() -> None:
    assert any("thread_run (libpython3.11.so.1.0)" in stack for stack in stacks(NATIVE))
