"""Profile the whole system, a process, a container or a command by Linux perf, into a flame graph.

Examples:
    resq-flame perf --pid 1234 --duration 10s
    resq-flame perf -o app.svg -- ./app
    sudo resq-flame perf --duration 5s
"""

from __future__ import annotations

from resq_flame.cli.profiling import profiling

add_arguments, run = profiling("perf")
