"""Profile the Coordination HCE, or any other program that Node or Bun runs, into a flame graph.

Examples:
    RESQ_TOKEN=… resq-flame hce --url http://localhost:5000 --duration 10s
    resq-flame hce --pid 1234
    resq-flame hce -o app.svg -- node app.js

By --url it asks the service (POST /admin/cpu-profile, with $RESQ_TOKEN or $RESQ_API_KEY); by --pid and --inspect it
uses Node's inspector; a command after -- is started with --cpu-prof.
"""

from __future__ import annotations

from resq_flame.cli.profiling import profiling

add_arguments, run = profiling("hce")
