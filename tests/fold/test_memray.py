from __future__ import annotations

import json

import pytest

from captures import FIXTURES, folding, stacks
from resq_flame.fold.ledger import OptionError, ProfileError

JSON = FIXTURES / "memray/memray-1.20-gprof2dot.json"
CSV = FIXTURES / "memray/memray-1.20-allocations.csv"
SPEEDSCOPE = FIXTURES / "speedscope/memray-1.20-two-units.json"

HEAD = "allocator,num_allocations,size,tid,thread_name,stack_trace\n"


def test_the_three_files_of_one_recording_agree() -> None:
    assert stacks(JSON) == stacks(CSV) == stacks(SPEEDSCOPE)


def test_callchains_are_leaf_first() -> None:
    functions = [{"name": "main", "module": "a.py"}, {"name": "work", "module": "a.py"}]
    costs = [{"description": "Memory", "unit": "bytes"}, {"description": "Calls", "unit": "calls"}]
    document = {
        "version": 0,
        "costs": costs,
        "events": [{"callchain": [1, 0], "cost": [64, 3]}],
        "functions": functions,
    }
    given = json.dumps(document).encode()
    assert stacks(given) == {"main;work": 64}
    assert folding(given, sample_type="Calls")[0].meta.unit == "calls"
    with pytest.raises(OptionError, match=r"a cost that it has \(Memory, Calls\), found 'time'"):
        folding(given, sample_type="time")


def test_rows_of_the_csv() -> None:
    given = (HEAD + 'MALLOC,2,64,1,"main, 1","f(a;b);/x/a.py;5|main;/x/a.py;9"\nMMAP,1,7,1,x,\n').encode()
    profile, ledger = folding(given)
    assert (profile.stacks, profile.meta.unit) == ({"main;f(a:b)": 64}, "bytes")
    assert ledger.dropped == {"allocations without a frame": (1, 7)}
    assert stacks(given, sample_type="num_allocations") == {"main;f(a:b)": 2}
    assert stacks(given, lines=True, threads=True) == {"main, 1;main (a.py:9);f(a:b) (a.py:5)": 64}


def test_a_row_that_is_cut_short_is_named() -> None:
    with pytest.raises(ProfileError, match="2: expected a row of memray's csv, found b'MALLOC,2'"):
        folding((HEAD + "MALLOC,2").encode())


REFUSED = {
    "its recording, compressed": b"\x04\x22\x4d\x18\x40\x40\xc0\x65\x43\x00\x00\xf9\x05memray\0\x0d\0",
    "its recording": b"memray\0\x0d\0\0\0",
    "its statistics": b'{"total_num_allocations": 242, "total_bytes_allocated": 445457, "top_allocations": []}',
}


@pytest.mark.parametrize("given", REFUSED.values(), ids=REFUSED)
def test_what_has_no_stacks_is_refused_with_the_command_that_converts_it(given: bytes) -> None:
    with pytest.raises(ProfileError, match="memray transform gprof2dot"):
        folding(given)


def test_the_page_has_what_the_csv_has() -> None:
    nodes = {
        "children": [[1], [2], []],
        "function": [0, 1, 2],
        "filename": [3, 3, 3],
        "lineno": [0, 9, 5],
        "n_allocations": [3, 3, 2],
        "value": [71, 64, 60],
    }
    data = json.dumps({"nodes": nodes, "strings": ["<root>", "main", "&lt;genexpr&gt;", "/x/a.py"]})
    page = f"<!DOCTYPE html>\n<title>memray - flamegraph report</title>\n<script>const packed_data = {data};\n</script>"
    profile, ledger = folding(page.encode())
    assert (profile.stacks, profile.meta.unit) == ({"main": 4, "main;<genexpr> (a.py)": 60}, "bytes")
    assert ledger.dropped == {"allocations without a frame": (1, 7)}
    assert stacks(page.encode(), sample_type="num_allocations") == {"main": 1, "main;<genexpr> (a.py)": 2}
    with pytest.raises(ProfileError, match="without it, or memray transform"):
        folding(page.replace("flamegraph", "temporal flamegraph").replace('"value"', '"v"').encode())
