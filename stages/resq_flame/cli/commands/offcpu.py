"""Profile where processes wait, by Linux perf or bpftrace, into a flame graph of the time off the CPU.

Examples:
    sudo resq-flame offcpu --pid 1234 --duration 10s
    sudo resq-flame offcpu -o waits.svg -- ./app
"""

from __future__ import annotations

from resq_flame.cli.profiling import profiling

add_arguments, run = profiling("offcpu")
