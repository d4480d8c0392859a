"""bpftrace's maps: their keys, their values, and what is passed over."""

from __future__ import annotations

import json

import pytest

from captures import FIXTURES, folding, selves, stacks
from resq_flame.fold.ledger import OptionError

KEYS = {
    "a user stack": ("@[\n    f+7\n    main+9\n]: 3\n", {"main;f": 3}),
    "user stack, kernel stack, comm": (
        "@[\n    f+7\n    main+9\n, \n    sys_read+1\n    entry_SYSCALL_64_after_hwframe+118\n, a b]: 3\n",
        {"a b;main;f;entry_SYSCALL_64_after_hwframe;sys_read": 3},
    ),
    "kernel stack first": (
        "@[\n    sys_read+1\n    entry_SYSCALL_64_after_hwframe+118\n, \n    f+7\n    main+9\n, a]: 3\n",
        {"a;main;f;entry_SYSCALL_64_after_hwframe;sys_read": 3},
    ),
    "no user stack": (
        "@[, \n    kthread+1\n    ret_from_fork+9\n, kworker/0:1]: 2\n",
        {"kworker/0:1;ret_from_fork;kthread": 2},
    ),
    "no kernel stack": ("@[\n    f+1\n, , a, 12]: 2\n", {"a;12;f": 2}),
    "comm and pid first": ("@[a, 12, \n    f+1\n    main+2\n]: 2\n", {"a;12;main;f": 2}),
    "no stack": ("@[wcpp, 601]: 99\n@[vfs_read]: 1\n", {"wcpp;601": 99, "vfs_read": 1}),
    "addresses and modules": (
        "@[\n\t7f84b5cf34f7 getppid+7 (/lib/c.so)\n\t5598c7ef73d6 f(int)+115 (/w)\n\t12345678 0x12345678 (/w)\n]: 1\n",
        {"[w];f;getppid": 1},
    ),
    "C++ with commas and brackets": (
        "@[\n    A<B, T[]>::operator[](int, int)+7\n]: 1\n",
        {"A<B, T[]>::operator[]": 1},
    ),
    "a name": ("@blocked[\n    f+7\n]: 12345\n", {"f": 12345}),
    "stats()": ("@[\n    f+7\n]: count 2, average 5, total 10\n", {"f": 10}),
    "CRLF": ("@[\r\n    f+7\r\n    main+9\r\n]: 3\r\n", {"main;f": 3}),
}


@pytest.mark.parametrize(("text", "folded"), KEYS.values(), ids=KEYS)
def test_keys(text: str, folded: dict[str, int]) -> None:
    assert stacks(text.encode(), "bpftrace") == folded


@pytest.mark.parametrize(("text", "folded"), KEYS.values(), ids=KEYS)
def test_json_has_the_same_keys(text: str, folded: dict[str, int]) -> None:
    """-f json writes a key as the text has it, with bare commas between its parts."""
    maps: dict[str, dict[str, int]] = {}
    for entry in text.replace("\r", "").removeprefix("@").split("\n@"):
        name, _, rest = entry.partition("[")
        key, _, value = rest.rpartition("]: ")
        parts = key.replace("\n, ", "\n,").replace(", \n", ",\n")
        parts = parts.replace(", ", ",") if "operator" not in parts else parts
        maps.setdefault(f"@{name}", {})[parts] = int(value.rpartition(" ")[2])
    assert stacks(json.dumps({"type": "map", "data": maps}).encode(), "bpftrace") == folded


def test_histograms_and_noise_are_passed_over_and_counted() -> None:
    text = (
        b'ERROR: couldn\'t set RLIMIT_MEMLOCK for bpftrace. If your program is not loading, try "ulimit -l 8192"\n'
        b"Attaching 2 probes...\n\n@h[wcpp]: \n[512, 1K)             99 |@@@@@@@|\n\n@n: 12\n@[\n    f+1\n]: 4\n"
    )
    profile, ledger = folding(text)
    assert profile.stacks == {"f": 4}
    assert ledger.dropped["lines of histograms"] == (1, 1)
    assert ledger.dropped["map entries that are no number (histograms, tuples, texts)"] == (1, 1)


SEVERAL = FIXTURES / "bpftrace/bpftrace-0.17-several-maps.txt"


def test_the_first_map_with_stacks_is_folded_and_the_others_counted() -> None:
    profile, ledger = folding(SEVERAL)
    assert sum(profile.stacks.values()) == 118998
    assert ledger.dropped["entries of the map @ (--sample-type takes another)"] == (2, 198)


def test_another_map_by_its_name() -> None:
    assert stacks(SEVERAL, sample_type="@") == {"wcpp;601": 99, "my worker: 1;601": 99}


def test_a_map_that_is_not_there() -> None:
    with pytest.raises(OptionError, match=r"a map it has \(@, @st\), found 'cpu'"):
        stacks(SEVERAL, sample_type="cpu")


def test_an_entry_cut_short_is_counted() -> None:
    profile, ledger = folding(b"@[\n    f+1\n]: 4\n@[\n    g+1\n", "bpftrace")
    assert profile.stacks == {"f": 4}
    assert ledger.dropped["entries cut short"] == (1, 1)


TABLE = "unsigned long Table<"
ANON = "(anonymous namespace)::Anon::run"


@pytest.mark.parametrize("keys", ["ustack", "ustack-kstack-comm", "perf", "json"])
def test_the_hot_functions_are_the_true_ones(keys: str) -> None:
    first, second = selves(folding(FIXTURES / f"bpftrace/bpftrace-0.17-{keys}.txt")[0]).most_common(2)
    assert first[0].startswith(TABLE)
    assert second[0] == ANON
    assert first[1] > second[1]
