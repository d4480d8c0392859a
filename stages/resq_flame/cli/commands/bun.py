"""Profile a program that Bun runs, into a flame graph: a command, or a service that offers the endpoint.

Examples:
    resq-flame bun -o app.svg -- bun app.ts
    resq-flame bun --url http://localhost:5000 --duration 10s

Bun's inspector is WebKit's, so a process that runs is not profiled by --pid: resq-flame perf does that.
"""

from __future__ import annotations

from resq_flame.cli.profiling import profiling

add_arguments, run = profiling("bun")
