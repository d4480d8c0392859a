"""``perf script`` text (Linux perf; records as in ``text``).

The weight is the period where the record has one (nanoseconds of a clock, cycles, page-faults … of the event), else 1.
The root frame is the comm, its spaces ``_``; the names of frames are those of ``inferno-collapse-perf`` (``symbols``).
A sample without frames is its comm alone. Of several events the first one seen is folded, unless the options say
otherwise.

    my worker: 1 28659   861.321939:   10101010 cpu-clock:ppp:
    \t            1403 (anonymous namespace)::Anon::run+0x13 (/srv/demoapp/perfw/wcpp)
    \t            15be request+0x5e (/srv/demoapp/perfw/wcpp)
    \t           d44a3 [unknown] (/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30)
"""

from __future__ import annotations

from typing import BinaryIO

from resq_flame.fold.ledger import Ledger
from resq_flame.fold.options import Options
from resq_flame.fold.perf import text as perf_text
from resq_flame.folded import Number, Stack


def sniff(head: bytes) -> bool:
    return perf_text.is_perf(head) and not perf_text.is_scheduling(head)


def fold(stream: BinaryIO, options: Options, ledger: Ledger) -> dict[Stack, Number]:
    """Raises ProfileError where there is no sample at all, OptionError where there is none of ``--event``."""
    from resq_flame.fold.perf.account import account  # not needed to recognise other formats

    whole = None
    if options.jobs > 1:
        from resq_flame.fold.perf.parts import fold_parts

        whole = fold_parts(stream, options)
    whole = whole or account(perf_text.chunks(stream), options)
    whole.say(options, ledger)
    return whole.stacks
