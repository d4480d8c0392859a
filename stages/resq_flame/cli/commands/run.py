"""Run targets of pipelines/ from capture to picture; what did not change does not run again.

Examples:
    resq-flame run demo
    resq-flame run --list
    resq-flame run api --fresh        # with a new capture, whatever there is
    resq-flame run api --step gate    # and fail where it became slower than its baseline
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from resq_flame import pipeline, stage
from resq_flame.parser import unknown
from resq_flame.pipeline import capturing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="pipelines/TARGET.toml, here or in a folder above")
    parser.add_argument("--list", action="store_true", help="name the targets there are")
    parser.add_argument("--fresh", action="store_true", help="capture again, whatever there is already")
    parser.add_argument(
        "--step", default="profile", choices=pipeline.DOCS, metavar="STEP", help="how far (default: profile, all of it)"
    )


def run(_prog: str, options: argparse.Namespace) -> int:
    here = Path.cwd()
    root = next((folder for folder in (here, *here.parents) if (folder / "dodo.py").is_file()), None)
    if root is None:
        raise stage.StageError("expected a dodo.py here or in a folder above, found none (resq-flame init writes one)")
    known = [path.stem for path in sorted(root.glob("pipelines/*.toml"))]
    if options.list:
        stage.write(stage.STDIO, [f"{name}\n".encode() for name in known])
        return stage.OK
    if not options.targets:
        raise stage.UsageError(f"expected a TARGET: {', '.join(known)}")
    for name in options.targets:
        if name not in known:
            raise stage.UsageError(unknown("target", name, known))
    if options.fresh and options.step not in capturing.ASKING:
        raise stage.UsageError(f"--fresh: expected a step of {', '.join(capturing.ASKING)}, found {options.step}")
    fresh = ["--fresh"] if options.fresh else []
    tasks = [word for name in options.targets for word in (f"{options.step}:{name}", *fresh)]
    done = subprocess.run([sys.executable, "-m", "doit", *tasks], cwd=root, check=False)
    return stage.FAILED if done.returncode else stage.OK
