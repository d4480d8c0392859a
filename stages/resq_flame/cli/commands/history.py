"""List the profiles of the past that a target keeps, the newest first.

Examples:
    resq-flame history api
    resq-flame diff --before api@-1 --after api@latest
    resq-flame diff --before api@v1.4 --after api@latest    # by git revision, branch or tag
    resq-flame diff --before api@2026-11-24 --after api@latest
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from resq_flame import history, stage, units
from resq_flame.history import Entry

REVISION = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="TARGET", help="pipelines/TARGET.toml, here or in a folder above")
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")


def run(_prog: str, options: argparse.Namespace) -> None:
    name, found = options.target, history.entries(history.of_target(options.target, Path.cwd()))
    if not found:
        raise stage.StageError(f"expected profiles of {name}, found none (doit profile:{name} keeps one)")
    if options.json:
        print(json.dumps([_as_data(name, back, entry) for back, entry in enumerate(reversed(found))], indent=1))
        return
    for back, entry in enumerate(reversed(found)):
        revision, _, dirty = entry.revision.partition("-")
        at = f"{revision[:REVISION] or 'no revision'}{'-' + dirty if dirty else ''}"
        print(f"{_reference(name, back):<{len(name) + 8}}  {entry.captured:%Y-%m-%d %H:%M:%S}  {at:<18}  "
              f"{units.plural(entry.rounds, 'round')}")  # fmt: skip


def _reference(name: str, back: int) -> str:
    return f"{name}@-{back}" if back else f"{name}@latest"


def _as_data(name: str, back: int, entry: Entry) -> dict[str, object]:
    return {
        "name": _reference(name, back),
        "captured": entry.captured.isoformat(),
        "revision": entry.revision,
        "files": [str(path) for path in entry.files],
    }
