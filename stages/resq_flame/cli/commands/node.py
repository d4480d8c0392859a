"""Profile a Node process, by its inspector, into a flame graph: one that runs, or a command that is started for it.

Examples:
    resq-flame node --pid 1234 --duration 10s
    resq-flame node --inspect 127.0.0.1:9229
    resq-flame node -o app.svg -- node app.js

Nothing needs to be prepared: by --pid, Node opens its inspector, and it is closed again. A service that has the
endpoint of the Coordination HCE is profiled by --url, as resq-flame hce does.
"""

from __future__ import annotations

from resq_flame.cli.profiling import profiling

add_arguments, run = profiling("node")
