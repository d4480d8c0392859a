"""perf text: records as perf prints them, and as users come with them."""

from __future__ import annotations

import itertools
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captures import FIXTURES, folding, selves, stacks, totals
from requirements import needs
from resq_flame import fold
from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.options import Options
from resq_flame.fold.perf.parts import SMALLEST, part_bounds
from resq_flame.folded import total

PERF = FIXTURES / "perf"
HEAD = b"app 7/8 [000] 1.5: 3 cycles: \n"
LEAF = b"\t 401 leaf+0x4 (/bin/app)\n"

# What a text folds to, and why it is here.
RECORDS = {
    "a space in the comm": (b"Web Content 7 1.5: 3 cycles: \n" + LEAF, {"Web_Content;leaf": 3}),
    "digits and a slash": (b"worker 12 99/10 7 1.5: 3 cycles: \n" + LEAF, {"worker_12_99/10;leaf": 3}),
    "longer than the kernel's": (b"worker 12 99/100 77 7/8 1.5: 3 cycles: \n" + LEAF, {"worker_12_99/100_77;leaf": 3}),
    "brackets": (b"[odd] 7 9 1.5: 3 cycles: \n" + LEAF, {"[odd]_7;leaf": 3}),
    "parentheses": (b"(sd-pam) 9 1.5: 3 cycles: \n" + LEAF, {"(sd-pam);leaf": 3}),
    "a comm that is a header": (b"a 12 [003] 4.5: 9  1.5: 3 cycles: \n" + LEAF, {"a_12_[003]_4.5:;leaf": 3}),
    "a comm that names an event": (b"x: cycles: 9 1.5: 3 cycles: \n" + LEAF, {"x:_cycles:;leaf": 3}),
    "a comm of digits": (b"12 34 9 1.5: 3 cycles: \n" + LEAF, {"12_34;leaf": 3}),
    "a comm with #": (b"#1 9 1.5: 3 cycles: \n" + LEAF, {"#1;leaf": 3}),
    "a semicolon in the comm": (b"a;b 9 1.5: 3 cycles: \n" + LEAF, {"a:b;leaf": 3}),
    "bytes that are not UTF-8": (b"\xe9a 9 1.5: 3 cycles: \n\t 4 f\xe9 (/a)\n", {"\ufffda;f\ufffd": 3}),
    "pid and tid": (HEAD + LEAF, {"app;leaf": 3}),
    "the idle task": (b"swapper     0 [001]     1.500000:   3 cycles: \n" + LEAF, {"swapper;leaf": 3}),
    "no period": (b"app 7 1.5: cycles: \n" + LEAF, {"app;leaf": 1}),
    "a period of nothing": (b"app 7 1.5: 0 cycles: \n" + LEAF, {"app;leaf": 0}),
    "a modifier": (b"app 7 1.5: 3 cycles:uppp: \n" + LEAF, {"app;leaf": 3}),
    "a PMU": (b"app 7 1.5: 3 cpu_core/cycles/P: \n" + LEAF, {"app;leaf": 3}),
    "-F +misc": (b"app 7 U      1.5: 3 cycles: \n" + LEAF, {"app;leaf": 3}),
    "nanoseconds in the time": (b"app 7 1.500000001: 3 cycles: \n" + LEAF, {"app;leaf": 3}),
    "no blank line at the end": (HEAD + LEAF.rstrip(), {"app;leaf": 3}),
    "CRLF": ((HEAD + LEAF + b"\n" + HEAD + LEAF).replace(b"\n", b"\r\n"), {"app;leaf": 6}),
    "more blank lines": (b"\n\n" + HEAD + LEAF + b"\n\n\n \n" + HEAD + LEAF + b"\n\n", {"app;leaf": 6}),
    "comments right above": (b"# ========\n# arch : x86_64\n#\n" + HEAD + LEAF, {"app;leaf": 3}),
    "no frames": (HEAD + b"\n" + HEAD + LEAF, {"app": 3, "app;leaf": 3}),
    "no frames, no blank line": (HEAD + HEAD + LEAF, {"app": 3, "app;leaf": 3}),
    "one line": (
        b"   app 7 1.5: 3 cycles:  4f f+0x1 (/a)\n   app 7 1.6: 3 cycles:  4f g (/a)\n",
        {"app;f": 3, "app;g": 3},
    ),
    "one line, a comm of hex": (
        b"  cafe 7 1.5: 3 cycles:  4f f (/a)\n  cafe 7 1.6: 3 cycles:  4f f (/a)\n",
        {"cafe;f": 6},
    ),
    "one line below a whole record": (
        HEAD + LEAF + b"  bad 7 1.5: 3 cycles:  4f f (/a)\n",
        {"app;leaf": 3, "bad;f": 3},
    ),
    "one line with +addr": (b"app 7 1.5: 3 cycles:   7ffe12340000 40113 f+0x4 (/a)\n", {"app;f": 3}),
    "a tracepoint": (b"sh 7 [000] 1.5: syscalls:sys_enter_write: fd: 0x1, n: 3\n" + LEAF, {"sh;leaf": 1}),
    "a tracepoint without frames": (b"sh 7 [000] 1.5: sched:sched_wakeup: comm=a 1 2.5: b pid=1\n", {"sh": 1}),
    "a tracepoint with a call": (b"sh 7 1.5: probe:p: (ffffffff81 <- 4f) x=f(2)\n" + LEAF, {"sh;leaf": 1}),
    "a path with spaces": (HEAD + b"\t 4 [unknown] (/my dir/w cpp)\n", {"app;[w cpp]": 3}),
    "a path with parentheses": (HEAD + b"\t 4 f(int) (/a (b)/c)\n", {"app;f": 3}),
    "a deleted module": (HEAD + b"\t 4 [unknown] (/opt/gone (deleted))\n", {"app;[gone]": 3}),
    "an unknown module": (HEAD + b"\t 4 [unknown] ([unknown])\n", {"app;[unknown]": 3}),
    "no symbol at all": (HEAD + b"\t 4  (/lib/libc-2.15.so)\n", {"app;[libc-2.15.so]": 3}),
    "an address alone": (HEAD + b"\t 4f\n", {"app;[unknown]": 3}),
    "no module": (HEAD + b"\t 4 f(int)\n\t 5 main\n", {"app;main;f": 3}),
    "an offset in the module": (HEAD + b"\t 4 [unknown] (/lib/a.so+0x33)\n", {"app;[a.so]": 3}),
    "a section of the kernel": (HEAD + b"\t 4 start_kernel ([kernel.kallsyms].init.text)\n", {"app;start_kernel": 3}),
    "a name in parentheses": (
        HEAD + b"\t 4 (anonymous namespace)::A::run+0x1 (/a)\n",
        {"app;(anonymous namespace)::A::run": 3},
    ),
    "an inlined frame": (HEAD + b"\t 4 inner (inlined)\n\t 4 outer+0x2 (/a)\n", {"app;outer;inner": 3}),
    "recursion": (HEAD + b"\t 4 f (/a)\n\t 5 f (/a)\n\t 5 f (/a)\n", {"app;f;f;f": 3}),
    "source lines": (HEAD + LEAF + b"  a.c:1\n\t 5 main+0x1 (/a)\n  my file.c:22 (inlined)\n", {"app;main;leaf": 3}),
    "no tabs": (HEAD + b"     4 f (/a)\n     5 main (/a)\n", {"app;main;f": 3}),
    "no indentation": (HEAD + b"4 f (/a)\n5 main (/a)\n", {"app;main;f": 3}),
    "a comm and a task": (b"app 7/8 \n" + LEAF, {"app;leaf": 1}),
    "a comm alone": (b"my app \n" + LEAF, {"my_app;leaf": 1}),
    "an event alone": (b"cycles:u: \n\t 4 f (/a)\n\t 5 main (/a)\n", {"main;f": 1}),
    "a time, no event": (b"12 34 [000] 4.5: 9  1.5: \n" + LEAF, {"12_34_[000]_4.5:;leaf": 1}),
    "no time": (b"12 34 7/8 cycles: \n" + LEAF, {"12_34;leaf": 1}),
    "a period, no time": (b"12 34 13457   10101010 cycles: \n" + LEAF, {"12_34;leaf": 10101010}),
    "other records": (b"app 7 1.5: PERF_RECORD_COMM: app:7/7\n" + HEAD + LEAF, {"app;leaf": 3}),
    "another record above, the comm in two words": (
        b"Web Content 7 1.4: PERF_RECORD_COMM: Web Content:7/7\nWeb Content 7 1.5: raw_syscalls:sys_enter: NR 1 (0)\n"
        + LEAF,
        {"Web_Content;leaf": 1},
    ),
    "one line without task and time": (
        b"          my odd cycles:            401283 hot (/a)\n             app cycles:  ffffffff8168a1a5 cold ([k])\n",
        {"my_odd;hot": 1, "app;cold": 1},
    ),
    "a Java chain": (HEAD + b"\t 4 La/B;::f->La/C;::g+0x1 (/tmp/perf-1.map)\n", {"app;a/B:::f;a/C:::g_[i]": 3}),
}


@pytest.mark.parametrize(("text", "expected"), RECORDS.values(), ids=RECORDS)
def test_reads(text: bytes, expected: dict[str, int]) -> None:
    assert stacks(text, "perf") == expected


@pytest.mark.parametrize("text", [text for text, _ in RECORDS.values()], ids=RECORDS)
def test_recognises(text: bytes) -> None:
    assert fold.recognise(text).name == "perf"


@pytest.mark.parametrize(
    ("event", "unit"),
    [
        (b"3 cpu-clock:ppp", "nanoseconds"),
        (b"3 task-clock", "nanoseconds"),
        (b"3 cycles:uppp", "cycles"),
        (b"3 cpu-cycles", "cycles"),
        (b"3 cpu_core/cycles/P", "cycles"),
        (b"3 instructions:u", "instructions"),
        (b"3 page-faults", "page-faults"),
        (b"3 sched:sched_stat_runtime", "sched:sched_stat_runtime"),
        (b"cycles", "samples"),
    ],
)
def test_the_unit_is_what_the_event_counts(event: bytes, unit: str) -> None:
    assert folding(b"app 7 1.5: " + event + b": \n" + LEAF)[0].meta.unit == unit


OPTIONS = (
    HEAD
    + b"\t 4f jitted (/tmp/perf-7.map)\n\t ff sys ([kernel.kallsyms])\n\t 5 [unknown] (/lib/c.so)\n\t 6 main (/a)\n"
)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"pid": True}, "app-7;main;[c.so];sys;jitted"),
        ({"processes": True}, "app-7;main;[c.so];sys;jitted"),
        ({"tid": True}, "app-7/8;main;[c.so];sys;jitted"),
        ({"threads": True}, "app-7/8;main;[c.so];sys;jitted"),
        ({"kernel": True}, "app;main;[c.so];sys_[k];jitted"),
        ({"jit": True}, "app;main;[c.so];sys;jitted_[j]"),
        ({"kernel": True, "jit": True, "addrs": True}, "app;main;[c.so <5>];sys_[k];jitted_[j]"),
        ({"modules": True}, "app;a`main;[c.so];[kernel.kallsyms]`sys;perf-7.map`jitted"),
        ({"skip_after": ("sys",)}, "sys;jitted"),
        ({"skip_after": ("nothing",)}, "app;main;[c.so];sys;jitted"),
        ({"all_events": True}, "cycles;app;main;[c.so];sys;jitted"),
        ({"event": "cycles"}, "app;main;[c.so];sys;jitted"),
    ],
)
def test_options(options: dict[str, object], expected: str) -> None:
    assert stacks(OPTIONS, **options) == {expected: 3}


def test_a_task_without_its_pid_is_told_by_its_tid() -> None:
    assert stacks(b"app 8 1.5: 3 cycles: \n" + LEAF, tid=True) == {"app-?/8;leaf": 3}


def test_lines_come_from_srcline() -> None:
    text = HEAD + LEAF + b"  a.c:1\n\t 5 main+0x1 (/a)\n"
    assert stacks(text, lines=True) == {"app;main;leaf:a.c:1": 3}


TWO_EVENTS = HEAD + LEAF + b"\napp 7 1.6: 900 cpu-clock: \n" + LEAF + b"\napp 7 1.7: page-faults: \n" + LEAF


def test_the_first_event_is_folded_and_the_others_are_counted() -> None:
    profile, ledger = folding(TWO_EVENTS)
    assert profile.stacks == {"app;leaf": 3}
    assert {what.split()[2]: count for what, (count, _) in ledger.dropped.items()} == {"cpu-clock": 1, "page-faults": 1}


def test_an_event_is_picked_by_name() -> None:
    profile, _ = folding(TWO_EVENTS, event="cpu-clock")
    assert (profile.stacks, profile.meta.unit) == ({"app;leaf": 900}, "nanoseconds")


def test_all_events_are_root_frames_and_said_to_be_of_different_units() -> None:
    profile, ledger = folding(TWO_EVENTS, all_events=True)
    assert profile.stacks == {"cycles;app;leaf": 3, "cpu-clock;app;leaf": 900, "page-faults;app;leaf": 1}
    assert profile.meta.unit == "count"
    assert "cpu-clock in nanoseconds" in ledger.notes[0]


def test_an_event_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(OptionError, match="--event cache-misses, found cpu-clock, cycles, page-faults"):
        folding(TWO_EVENTS, event="cache-misses")


def test_a_text_without_samples_is_an_error() -> None:
    with pytest.raises(ProfileError, match="expected records such as"):
        folding(b"# ========\n# arch : x86_64\n", "perf")


def test_lines_of_others_and_lost_events_are_said() -> None:
    _, ledger = folding(b"[ perf record: Woken up 1 times ]\n" + HEAD + LEAF + b"app 7 1.5: PERF_RECORD_LOST lost 12\n")
    assert ledger.dropped == {"lines that are no part of a sample": (1, 1)}
    assert ledger.notes == ["perf itself lost 12 events while it recorded"]


def test_inlined_functions_come_from_addr2line(tmp_path: Path) -> None:
    source, program = tmp_path / "inline.c", tmp_path / "inline"
    source.write_text(
        "static inline __attribute__((always_inline)) int inner(int n) { volatile int a = n; return a; }\n"
        "__attribute__((noinline)) int outer(int n) { return inner(n); }\n"
        "int main(int n, char **v) { return outer(n); }\n"
    )
    subprocess.run([needs("gcc"), "-g", "-O1", "-no-pie", "-o", program, source], check=True)
    listing = subprocess.run([needs("nm"), program], capture_output=True, text=True, check=True).stdout
    address = next(line.split()[0].lstrip("0") for line in listing.splitlines() if line.endswith(" outer"))
    needs("addr2line")
    text = HEAD + f"\t {address} outer+0x0 ({program})\n\t 4 far (/nowhere)\n".encode()
    assert stacks(text, inline=True) == {"app;far;outer;inner": 3}
    assert next(iter(stacks(text, inline=True, context=True))).split(";")[-1] == f"inner:{source}:1"


@pytest.mark.parametrize(("name", "jobs"), [("two-events", 2), ("two-events", 3), ("one-line-records", 2)])
def test_jobs_do_not_change_the_result(tmp_path: Path, name: str, jobs: int) -> None:
    once = (PERF / f"perf-6.1-{name}.txt").read_bytes()
    big = tmp_path / "big.txt"
    big.write_bytes(once * (jobs * SMALLEST // len(once) + 2))
    results = []
    with big.open("rb") as file:
        assert len(part_bounds(file, jobs)) == jobs + 1
    for count in (1, jobs):
        with big.open("rb") as file:
            ledger = Ledger()
            results.append((fold.fold(file, Options(jobs=count), ledger), ledger.lines()))
    assert results[0] == results[1]


# The functions that the programs of these captures really spend their time in, by self time.
HOT = {
    "cpp": ("for_each<", "(anonymous namespace)::Anon::run"),
    "system-wide": ("for_each<", "(anonymous namespace)::Anon::run"),
    "two-events": ("for_each<", "(anonymous namespace)::Anon::run"),
    "path-with-space": ("for_each<", "(anonymous namespace)::Anon::run"),
    "rust": ("w::apply",),
    "rust-v0-mangled": ("w::apply::<",),
    "idle": ("pv_native_safe_halt",),
    "node-map": ("JS:*hotLoop ", "JS:*warmLoop "),
    "java": ("long Work.hashRows", "long Work.renderTemplate"),
}


@pytest.mark.parametrize(("name", "hot"), HOT.items(), ids=HOT)
def test_the_hot_functions_are_the_true_ones(name: str, hot: tuple[str, ...]) -> None:
    profile, _ = folding(PERF / f"perf-6.1-{name}.txt")
    ranking = [frame for frame, _ in selves(profile).most_common(len(hot))]
    assert all(part in frame for part, frame in zip(hot, ranking, strict=True)), ranking


def test_the_mangled_and_the_demangled_capture_of_one_run_agree() -> None:
    mangled = totals(folding(PERF / "perf-6.1-rust-v0-mangled.txt")[0])
    assert mangled["w::main"] == mangled["std::rt::lang_start::<()>::{closure#0}"] > 0


COMMS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=6)
NAMES = st.text(st.characters(blacklist_characters="\r\n\x1c\x1d\x1e\x85", codec="utf-8"), min_size=1, max_size=12)
SAMPLES = st.tuples(
    st.lists(COMMS, min_size=1, max_size=2).map(" ".join),
    st.sampled_from(["cycles", "cpu-clock:ppp", "sched:sched_wakeup"]),
    st.one_of(st.none(), st.integers(0, 10**9)),
    st.lists(NAMES, max_size=4),
)


def written(comm: str, event: str, period: int | None, frames: list[str]) -> bytes:
    head = f"{comm} 7/8 [001]  12.345678: {period if period is not None else ''} {event}: \n"
    return (head + "".join(f"\t{4096 + at:>16x} {name}+0x1f (/a b)\n" for at, name in enumerate(frames))).encode()


@given(st.lists(SAMPLES, min_size=1, max_size=8))
def test_samples_in_are_samples_out_and_dropped(samples: list[tuple[str, str, int | None, list[str]]]) -> None:
    profile, ledger = folding(b"\n".join(written(*sample) for sample in samples), "perf")
    folded = [1 if period is None else period for _, event, period, _ in samples if event == samples[0][1]]
    assert total(profile.stacks.values()) == sum(folded)
    assert sum(count for count, _ in ledger.dropped.values()) == len(samples) - len(folded)


# What each set of ``-F`` fields leaves of these three samples (perf 6.1; the widths are perf's).
FIELDS = {"comm": "{comm} ", "tid": "{tid:>5} ", "pid,tid": "{tid:>5}/{tid:<5} "}
FIELDS |= {"time": "{time:>12}: ", "period": "{period:>10} ", "event": "cycles: "}
TASKS = (
    ("my worker: 1", 32344, "3010.007049", 10101010),
    ("wcpp", 812, "3010.017295", 7),
    ("12 34", 9, "3.1", 1234567),
)


@pytest.mark.parametrize(
    "chosen",
    [
        names
        for count in range(7)
        for names in itertools.combinations(FIELDS, count)
        if not {"tid", "pid,tid"} <= set(names)
    ],
    ids=lambda names: "-".join(names) or "none",
)
def test_any_fields_may_be_left_out(chosen: tuple[str, ...]) -> None:
    header = "".join(FIELDS[name] for name in chosen)
    records = [
        header.format(comm=comm, tid=tid, time=time, period=period)
        + f"\n\t{0x401:>16x} leaf+0x4 (/bin/app)\n\t{0x402:>16x} main (/bin/app)\n\n"
        for comm, tid, time, period in TASKS
    ]
    expected: Counter[str] = Counter()
    for comm, _, _, period in TASKS:
        root = comm.replace(" ", "_") + ";" if "comm" in chosen else ""
        expected[f"{root}main;leaf"] += period if "period" in chosen else 1
    assert stacks("".join(records).encode()) == expected


def test_a_task_without_a_name_is_no_other_task() -> None:
    unnamed = b" 31651  2939.405687:    5025125 cycles: \n" + LEAF
    assert stacks(b"\n".join([HEAD + LEAF] * 12 + [unnamed])) == {"app;leaf": 36, "leaf": 5025125}


def test_records_of_a_whole_system_come_first() -> None:
    mapped = (
        b"swapper     0 [000]     0.000000: PERF_RECORD_MMAP2 7/7: [0x5581(0x1000) @ 0 08:01 1 2]: r-xp /usr/bin/app\n"
    )
    text = (
        b"# captured on a busy machine\n#\n" + 2000 * mapped + b"app 7 [000] 1.0: 1 cycles: \n\t4 main+0x2 (/bin/app)\n"
    )
    assert stacks(text) == {"app;main": 1}
