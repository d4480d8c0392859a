"""Set up pipelines in this folder: dodo.py, a target for each service found, one to try, .gitignore.

Examples:
    resq-flame init && doit profile:demo
    resq-flame init --makefile --ci

A service is found by its manifest file: package.json with a start script, bun.lock, Cargo.toml, go.mod, pyproject.toml.
Files that exist are left as they are.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from resq_flame import stage


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--makefile", action="store_true", help="also rules for make, in flame.mk")
    parser.add_argument("--ci", action="store_true", help="also a gate for GitHub Actions")


def run(prog: str, options: argparse.Namespace) -> None:
    from resq_flame import init

    here = Path.cwd()
    for written in init.initialise(here, makefile=options.makefile, workflow=options.ci):
        print(f"{written.what:<8} {written.path.relative_to(here)}")
    stage.say(prog, "doit list shows what there is to do, doit profile:demo does it")
