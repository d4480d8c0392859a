"""The older text profiles of gperftools and its kin, which have addresses and where files were mapped."""

from __future__ import annotations

from captures import folding, stacks

CONTENTION = b"""\
--- contentionz 1 ---
cycles/second = 3201000000
sampling period = 100
ms since reset = 16502830
  19490304       27 @ 0xbccc97 0xa456e4
       768        1 @ 0xbccc97
MAPPED_LIBRARIES:
  00400000-00fcb000: /srv/app/server
"""

THREADS = b"""\
--- threadz 1 ---

--- Thread 7f794ab90940 (name: main/14748) stack: ---
  PC:  0x00bc8f1c: Wait(int)
  0x0040be31: main
--- Thread 7f794964e700 (name: thread1/14751) stack: ---
  PC: 0x7f794a32bf7d 0xa456e4
      creator: 0xa45b96
--- Thread 7f7948978700 (name: thread2/14759) stack: ---
  [same as previous thread]
--- Thread 7eff04770700 (name: thread3/25382) stack: ---
--- Memory map: ---
  00400000-00fcb000: /srv/app/server
"""


def test_contention_in_cycles() -> None:
    profile, _ = folding(CONTENTION)
    assert profile.meta.unit == "nanoseconds"
    assert profile.stacks == {
        "server+0x6456e3;server+0x7ccc96": 19490304 * 100 * 10**9 // 3201000000,
        "server+0x7ccc96": 768 * 100 * 10**9 // 3201000000,
    }
    assert stacks(CONTENTION, sample_type="contentions") == {
        "server+0x6456e3;server+0x7ccc96": 2700,
        "server+0x7ccc96": 100,
    }


def test_threads_with_who_created_them() -> None:
    profile, ledger = folding(THREADS)
    assert profile.meta.unit == "count"
    assert profile.stacks == {"main;Wait": 1, "0xa45b96;0xa456e4;0x7f794a32bf7d": 2}
    assert ledger.dropped == {"threads without a frame": (1, 1)}
    assert "thread main 14748;main;Wait" in stacks(THREADS, threads=True)
