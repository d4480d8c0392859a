"""Profile the Intelligence PDIE with py-spy, into a flame graph: the same as resq-flame python.

Examples:
    resq-flame pdie --url http://localhost:8000 --duration 10s
    resq-flame pdie --pid 1234 -o pdie.svg
"""

from __future__ import annotations

from resq_flame.cli.profiling import profiling

add_arguments, run = profiling("pdie")
