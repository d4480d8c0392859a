"""The heap profilers of native programs: massif, dhat, heaptrack and jemalloc agree on one and the same program.

It allocates 200 times 100,000 bytes in alloc_hot and 200 times 1,000 bytes in alloc_cold, and releases nothing.
"""

from __future__ import annotations

import math

import pytest

from captures import FIXTURES, folding, selves, stacks
from resq_flame.fold.ledger import OptionError, ProfileError

DHAT = FIXTURES / "dhat/dhat-3.19-cpp.json"
HEAPTRACK = FIXTURES / "heaptrack/heaptrack-1.4-cpp.zst"
PRINTED = FIXTURES / "heaptrack-print/heaptrack-1.4-cpp.txt"
MASSIF = FIXTURES / "massif/massif-3.19-stacks-peak.out"
JEMALLOC = FIXTURES / "jemalloc/jemalloc-5.3-cpp.heap"

HOT = [
    (DHAT, {}, 20_000_000),
    (DHAT, {"sample_type": "allocations"}, 200),
    (DHAT, {"sample_type": "written"}, 20_000_000),
    (HEAPTRACK, {}, 20_000_000),
    (HEAPTRACK, {"sample_type": "allocations"}, 200),
    (HEAPTRACK, {"sample_type": "allocated"}, 20_000_000),
    (HEAPTRACK, {"sample_type": "leaked"}, 20_000_000),
    (PRINTED, {}, 20_000_000),
    (PRINTED, {"sample_type": "allocations"}, 200),
]


@pytest.mark.parametrize(("path", "options", "expected"), HOT)
def test_alloc_hot(path, options, expected) -> None:  # type: ignore[no-untyped-def]
    assert selves(folding(path, **options)[0])["alloc_hot()"] == expected


@pytest.mark.parametrize("path", [DHAT, HEAPTRACK, PRINTED, JEMALLOC])
def test_an_unknown_sample_type_names_the_known(path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(OptionError, match="expected a sample type it has"):
        folding(path, sample_type="cpu")


def test_lines() -> None:
    assert "main (small.cpp:12);alloc_hot() (small.cpp:8)" in stacks(DHAT, lines=True)
    assert "main (small.cpp:12);alloc_hot() (small.cpp:8)" in stacks(MASSIF, lines=True)
    assert "main (small.cpp:12);alloc_hot() (small.cpp:8)" in stacks(PRINTED, lines=True)
    assert any(
        stack.endswith("main (small.cpp:12);alloc_hot() (small.cpp:8)") for stack in stacks(HEAPTRACK, lines=True)
    )


def test_massif_says_what_its_tree_lacks() -> None:
    profile, ledger = folding(MASSIF)
    assert selves(profile)["alloc_hot()"] == 19_900_000
    assert ledger.notes == [
        "is the heap at its peak, snapshot 94",
        "4760 bytes of the heap's bookkeeping are in no tree",
        "416 bytes of stacks are in no tree",
    ]


def test_massif_without_a_tree() -> None:
    with pytest.raises(ProfileError, match="heap_tree"):
        folding(b"desc: (none)\ncmd: ./a\ntime_unit: i\n#--\nsnapshot=0\n#--\nmem_heap_B=0\nheap_tree=empty\n")


def test_heaptrack_knows_the_peak_though_all_is_released() -> None:
    told = b"v 10400 3\nX ./a\ns 4 main\ni 10 0 1\nt 1 0\na 64 1\na a 1\n+ 0\n+ 1\n- 1\n- 0\n+ 1\n"
    assert stacks(told) == {"main": 110}
    assert stacks(told, sample_type="leaked") == {"main": 10}
    assert stacks(told, sample_type="allocated") == {"main": 120}


def test_heaptrack_inlined_functions_and_old_strings() -> None:
    assert stacks(b"v 10100 1\nX ./a\ns inner\ns outer\ni 10 0 1 0 5 2 0 9\nt 1 0\na 8 1\n+ 0\n") == {"outer;inner": 8}


def test_heaptrack_as_the_program_wrote_it() -> None:
    with pytest.raises(ProfileError, match="heaptrack_interpret"):
        folding(b"v 10400 3\nX ./a\nI 1000 5e298f\nm 1 7fe0 0\nt 5 0\n+ 64 1 7f00\n")


def test_heaptrack_print_counts_what_comes_from_other_places() -> None:
    printed = (
        b"MOST CALLS TO ALLOCATION FUNCTIONS\n\nPEAK MEMORY CONSUMERS\n3.00K peak memory consumed over 3 calls from\n"
        b"f()\n  at a.cpp:1\n  in /a\n1.50K consumed over 2 calls from:\n    g()\n      in /a\n"
        b"  and 1.50K consumed over 1 calls from 2 other places\n"
    )
    assert stacks(printed) == {"g();f()": 1500, "(other places);f()": 1500}


def test_jemalloc_scales_up_what_sampling_missed() -> None:
    """1,000 bytes are sampled with a chance of 1 - exp(-1028/4096): as jeprof has it."""
    found = selves(folding(JEMALLOC)[0])
    assert found["small+0x11b9"] == 22_937_600
    assert found["small+0x11df"] == round(56542 / (1 - math.exp(-56542 / 55 / 4096)))
    assert found["small+0x11df"] == pytest.approx(204_800, rel=0.3)
    assert selves(folding(JEMALLOC, sample_type="inuse_objects")[0])["small+0x11b9"] == 200


def test_addresses_say_how_to_name_them() -> None:
    assert "--inline" in folding(JEMALLOC)[1].notes[0]


@pytest.mark.parametrize("layout", [("<", "Q"), (">", "Q"), ("<", "I"), (">", "I")])
def test_gperftools_of_any_machine(layout: tuple[str, str]) -> None:
    import struct

    words = [0, 3, 0, 5000, 0, 2, 2, 0x1010, 0x1021, 1, 1, 0x5, 0, 1, 0]
    profile = struct.pack(f"{layout[0]}{len(words)}{layout[1]}", *words)
    profile += b"00001000-00002000 r-xp 00000400 fe:00 7 /srv/app (deleted)\n"
    assert stacks(profile) == {"app+0x420;app+0x410": 10000, "0x5": 5000}
    assert stacks(profile, sample_type="samples") == {"app+0x420;app+0x410": 2, "0x5": 1}
