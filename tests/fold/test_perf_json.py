from __future__ import annotations

import json

from captures import FIXTURES, folding, selves, stacks

PROCESSES = FIXTURES / "perf-json/perf-6.1-processes.json.gz"

SAMPLE = {
    "timestamp": 9,
    "pid": 7,
    "tid": 8,
    "comm": "my worker: 1",
    "callchain": [
        {"ip": "0x10", "symbol": "std::map<int, int>::at(int const&)", "dso": "wcpp"},
        {"ip": "0x20"},
        {"ip": "0x30", "symbol": "do_syscall_64", "dso": "[kernel.kallsyms]"},
    ],
}


def recording(*samples: object) -> bytes:
    return json.dumps({"linux-perf-json-version": 1, "headers": {}, "samples": samples}).encode()


def test_names_are_those_of_perf_script() -> None:
    assert stacks(recording(SAMPLE, SAMPLE)) == {"my_worker:_1;do_syscall_64;[unknown];std::map<int, int>::at": 2}


def test_perfs_own_options_hold() -> None:
    assert stacks(recording(SAMPLE), tid=True, kernel=True) == {
        "my_worker:_1-7/8;do_syscall_64_[k];[unknown];std::map<int, int>::at": 1
    }


def test_a_sample_without_a_callchain_is_its_comm() -> None:
    assert stacks(recording({"pid": 7, "tid": 8, "comm": "sh"})) == {"sh": 1}


def test_it_agrees_with_perfs_own_flame_graph_of_the_recording() -> None:
    def counts(name: str) -> list[int]:
        return sorted(map(int, selves(folding(FIXTURES / name)[0]).values()))

    assert counts("perf-json/perf-6.1-processes.json.gz") == counts("d3-flamegraph/perf-6.1-processes.json")


def test_events_that_are_summed_are_said() -> None:
    assert "does not tell events apart" in folding(PROCESSES)[1].notes[0]
