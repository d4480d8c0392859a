"""OpenTelemetry's profiles: both layouts, JSON, several types."""

from __future__ import annotations

import pytest

from captures import FIXTURES, content, folding, stacks
from resq_flame.fold.ledger import OptionError, ProfileError

BINARY = FIXTURES / "otlp/opentelemetry-proto-1.45-two-types.otlp"
JSON = FIXTURES / "otlp/opentelemetry-proto-1.45-json.json"
ASYNC = FIXTURES / "otlp/async-profiler-4.1-cpu.otlp"


@pytest.mark.parametrize("options", [{}, {"sample_type": "alloc_space"}, {"lines": True}, {"threads": True}])
def test_json_is_the_same(options: dict[str, object]) -> None:
    assert stacks(JSON, **options) == stacks(BINARY, **options)


def test_inlined_functions_values_and_timestamps() -> None:
    """``escape`` is inlined in ``handle``; a sample has 10 + 20, and one without values its ten timestamps."""
    assert stacks(BINARY) == {
        "main;handle;escape": 30,
        "main;handle;escape;hashRows": 60,
        "main;handle;escape;libc.so.6+0x2a1f0": 10,
    }


def test_sample_types() -> None:
    profile, ledger = folding(BINARY, sample_type="alloc_space")
    assert (profile.meta.unit, list(profile.stacks.values())) == ("bytes", [4096])
    assert "samples/count, alloc_space/bytes" in ledger.notes[0]
    assert folding(ASYNC)[0].meta.unit == "nanoseconds"
    assert sum(stacks(ASYNC, sample_type="itimer/count").values()) == 792  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="itimer/count, itimer/ns"):
        folding(ASYNC, sample_type="alloc")


def test_lines_and_threads() -> None:
    found = stacks(BINARY, lines=True, threads=True)
    assert "thread worker: 1;main (app.py:10);handle (app.py:20);escape (app.py:3);hashRows (app.py:5)" in found


def test_a_file_exporter_writes_a_document_a_line() -> None:
    line = content(JSON).strip()
    assert stacks(line + b"\n" + line + b"\r\n" + line) == {
        stack: 3 * int(weight)  # type: ignore[call-overload]
        for stack, weight in stacks(JSON).items()
    }


@pytest.mark.parametrize(
    "damaged",
    [
        b'{"resourceProfiles":[{"scopeProfiles":[]}]}',
        b'{"resourceProfiles":7}',
        content(JSON).replace(b'"stackIndex": 3', b'"stackIndex": 33'),
        content(JSON).replace(b'"functionIndex": 3', b'"functionIndex": -3'),
    ],
)
def test_refused(damaged: bytes) -> None:
    with pytest.raises(ProfileError, match="expected"):
        folding(damaged, "otlp")
