"""The cached pipelines, for doit: each pipelines/NAME.toml is a target.

doit list             # the tasks
doit profile:demo     # capture, fold, merge, render, report; a second time, nothing
"""

from resq_flame.pipeline import configuration, task_pipelines  # noqa: F401  # doit finds it

DOIT_CONFIG = configuration()
