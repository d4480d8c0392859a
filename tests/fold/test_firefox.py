from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from captures import FIXTURES, content, folding, selves, stacks
from resq_flame.fold.ledger import OptionError, ProfileError

SAMPLY = FIXTURES / "firefox/samply-0.13-unsymbolised.json.gz"
PROCESSES = FIXTURES / "firefox/samply-0.13-processes.json.gz"
VERNIER = FIXTURES / "firefox/vernier-1.11-two-threads.json"

META = {"interval": 1, "processType": 0, "version": 24, "categories": [{"name": "Other"}, {"name": "Idle"}]}
STRINGS = ["main", "work", "0x12f", "libc.so.6", "poll", "a.js"]
TABLES = {
    "stackTable": {"prefix": [None, 0, 0, 0], "frame": [0, 1, 2, 3]},
    "frameTable": {"func": [0, 1, 2, 3], "category": [0, 0, 0, 1], "line": [None, 12, None, None]},
    "funcTable": {"name": [0, 1, 2, 4], "resource": [-1, -1, 0, -1], "fileName": [None, 5, None, None]},
    "resourceTable": {"name": [3]},
    "stringArray": STRINGS,
}
THREAD = {"name": "web", "pid": 7, "tid": 8, "processName": "app"}


def profile(samples: dict[str, Any] | None = None, **tables: object) -> dict[str, Any]:
    given = samples or {"stack": [1, 1, 2, 3, None], "weight": [2, 1, 1, 5, 9], "weightType": "samples"}
    return {"meta": META, "libs": [], "threads": [{**THREAD, **TABLES, "samples": given, **tables}]}


def fold(document: object, **options: object) -> dict[str, object]:
    return stacks(json.dumps(document).encode(), **options)


def test_stacks_are_paths_of_the_prefix_tree() -> None:
    assert fold(profile()) == {"main;work": 3, "main;libc.so.6+0x12f": 1}


def test_what_is_left_out_is_counted_and_what_is_unknown_is_said() -> None:
    _, ledger = folding(json.dumps(profile()).encode())
    assert ledger.dropped == {"idle samples": (1, 5), "samples without a frame": (1, 9)}
    assert ledger.notes == ["1 of 3 functions are addresses only: it was saved before it was symbolised"]


def test_idle_samples_are_kept_if_asked_for() -> None:
    assert fold(profile(), idle=True)["main;poll"] == 5


def test_lines_and_roots_are_added_if_asked_for() -> None:
    assert "app 7;web 8;main;work (a.js:12)" in fold(profile(), lines=True, threads=True, processes=True)


def test_a_sample_without_a_weight_counts_once() -> None:
    assert fold(profile({"stack": [1, 1]})) == {"main;work": 2}


@pytest.mark.parametrize(("kind", "unit"), [("samples", "samples"), ("bytes", "bytes"), ("tracing-ms", "milliseconds")])
def test_the_unit_is_of_the_weight(kind: str, unit: str) -> None:
    document = profile({"stack": [1], "weight": [4], "weightType": kind})
    assert folding(json.dumps(document).encode())[0].meta.unit == unit


def test_cpu_time_is_the_weight_if_asked_for() -> None:
    spent, _ = folding(SAMPLY, sample_type="threadCPUDelta")
    threads = json.loads(content(SAMPLY))["threads"]
    assert spent.meta.unit == "microseconds"
    assert sum(spent.stacks.values()) == sum(sum(thread["samples"]["threadCPUDelta"]) for thread in threads)


def test_a_profile_without_cpu_time_is_bad_usage() -> None:
    with pytest.raises(OptionError, match="recorded without it"):
        folding(VERNIER, sample_type="threadCPUDelta")
    with pytest.raises(OptionError, match="found 'bytes'"):
        folding(VERNIER, sample_type="bytes")


def test_samply_agrees_with_perf_on_the_same_recording() -> None:
    """Both are of one perf.data: samply keeps addresses of user code, so the kernel's functions are compared."""
    perf = selves(folding(FIXTURES / "perf-json/perf-6.1-processes.json.gz")[0])
    samply = selves(folding(PROCESSES)[0])
    assert sum(perf.values()) == sum(samply.values()) == 595
    assert samply["do_syscall_64"] == perf["do_syscall_64"] > 0


def test_tables_that_threads_share() -> None:
    document = profile()
    shared = {name: document["threads"][0].pop(name) for name in TABLES}
    assert fold({**document, "shared": shared}) == fold(profile())


def test_sources_that_threads_share() -> None:
    functions = {"name": [0, 1, 2, 4], "source": [None, 0, None, None]}
    document = profile(funcTable=functions)
    document["shared"] = {"sources": {"filename": [5]}}
    assert "main;work (a.js:12)" in fold(document, lines=True)


def gecko(locations: list[str]) -> dict[str, Any]:
    """As Gecko itself writes it: rows with a schema, and one text for all of a frame."""
    thread = {
        **THREAD,
        "samples": {"schema": {"stack": 0, "time": 1}, "data": [[1, 0.5], [1, 1.5], [None, 2]]},
        "stackTable": {"schema": {"prefix": 0, "frame": 1}, "data": [[None, 0], [0, 1]]},
        "frameTable": {"schema": {"location": 0, "line": 1}, "data": [[0], [1, 9]]},
        "stringTable": locations,
    }
    return {"meta": META, "libs": [], "threads": [thread]}


def test_geckos_own_form_is_read() -> None:
    document = gecko(["js::RunScript", "beta (http://localhost/simple.js:9:5)"])
    assert fold(document) == {"js::RunScript;beta": 2}
    assert fold({"label": "", "duration": 3.5, "markers": [], "profile": document}) == {"js::RunScript;beta": 2}


def test_the_processes_of_geckos_form_are_read_too() -> None:
    outer, inner = gecko(["a", "b"]), gecko(["c", "d"])
    assert fold({**outer, "processes": [inner]}) == {"a;b": 2, "c;d": 2}


def test_a_stack_below_itself_is_refused() -> None:
    document = copy.deepcopy(profile())
    document["threads"][0]["stackTable"]["prefix"] = [1, 0, 0, 0]
    with pytest.raises(ProfileError, match="below itself"):
        fold(document)


def test_geckos_addresses_and_sources() -> None:
    profile = {
        "meta": {"interval": 1, "processType": 0},
        "libs": [{"name": "libxul.so", "start": 4096, "end": 8192, "offset": 256, "breakpadId": "0"}],
        "threads": [
            {
                "samples": {"schema": {"stack": 0, "time": 1}, "data": [[3, 0.5]]},
                "stackTable": {"schema": {"prefix": 0, "frame": 1}, "data": [[None, 0], [0, 1], [1, 2], [2, 3]]},
                "frameTable": {"schema": {"location": 0}, "data": [[0], [1], [2], [3]]},
                "stringTable": ["(root)", "0x1010", "0x9999", "tick (http://localhost/a.js:9:5)[10]"],
            }
        ],
    }
    given = json.dumps(profile).encode()
    assert stacks(given) == {"libxul.so+0x110;0x9999;tick": 1}
    assert list(stacks(given, lines=True)) == ["libxul.so+0x110;0x9999;tick (a.js:9)"]
