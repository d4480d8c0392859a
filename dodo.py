"""The cached pipelines, for doit: each pipelines/NAME.toml is a target.

doit list             # the tasks
doit profile:demo     # capture, fold, merge, render, report; a second time, nothing
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "stages"))  # a bare checkout; installed, there is no such folder

from resq_flame.pipeline import configuration, task_pipelines  # noqa: F401  # the path comes first; doit finds it

DOIT_CONFIG = configuration()


def task_docs():
    """write again what is generated in README.md and docs/"""
    return {"actions": [[sys.executable, "docs/generate"]], "verbosity": 2}


def task_bench():
    """measure again what docs/BENCHMARKS.md says, on this machine"""
    return {"actions": [[sys.executable, "docs/generate/measure.py"]], "verbosity": 2}
