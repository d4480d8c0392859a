"""Profile the Infrastructure API, or any other service that answers with pprof, into a flame graph.

Examples:
    RESQ_API_KEY=… resq-flame api --url http://localhost:8080 --duration 10s
    resq-flame api --url http://localhost:6060 --path /debug/pprof/profile
"""

from __future__ import annotations

from resq_flame.cli.profiling import profiling

add_arguments, run = profiling("api")
