"""Profile a Python process with py-spy, into a flame graph: one that runs, or a command that is started for it.

Examples:
    resq-flame python --pid 1234 --duration 10s
    resq-flame python -o app.svg -- python app.py --port 8000

Ctrl-C ends the recording early and draws what was recorded.
"""

from __future__ import annotations

from resq_flame.cli.profiling import profiling

add_arguments, run = profiling("python")
