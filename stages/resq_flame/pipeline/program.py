"""A stage as a doit action: a program of its own."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from doit.action import CmdAction  # type: ignore[import-untyped]  # doit has no annotations

from resq_flame import lock
from resq_flame.pipeline import files
from resq_flame.target import Target

OUTPUT = "--output="
_PR_SET_PDEATHSIG = 1  # include/uapi/linux/prctl.h


class Program(CmdAction):  # type: ignore[misc]  # doit has no annotations
    """``python -m resq_flame.STAGE`` with arguments that may be found out as it starts.

    It holds the lock of its step until it ends, even where doit is killed before: the next run waits for it.
    """

    def __init__(
        self,
        target: Target,
        stage: str,
        arguments: Callable[[], list[str]],
        environment: dict[str, str],
        *,
        step: str = "",
    ) -> None:
        # -P: what lies in the current folder (a json.py, say) is no module of ours.
        super().__init__(
            lambda: [sys.executable, "-P", "-m", f"resq_flame.{stage}", *arguments()],
            shell=False,
            env=environment,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )
        self.arguments = arguments
        self.stage, self.target, self.step = stage, target, f"{target.name}.{step or stage}"

    def execute(self, out: Any = None, err: Any = None) -> Any:
        def wait() -> None:
            print(f"waiting for an earlier run of {self.step} to end", file=sys.stderr)

        folder = files.made(self.target, "")
        os.makedirs(folder, exist_ok=True)
        with lock.held(files.locks(self.step), waiting=wait) as descriptor:
            for argument in self.arguments():
                if argument.startswith(OUTPUT):
                    files.sweep(argument.removeprefix(OUTPUT))
            self.pkwargs["pass_fds"] = (descriptor,)
            return self._execute(out, err)

    def _execute(self, out: Any, err: Any) -> Any:
        try:
            failure = super().execute(out, err)
        except KeyboardInterrupt:  # the stage got it too and ends on its own; doit would show a traceback
            _await_children()
            raise SystemExit(128 + signal.SIGINT) from None
        if failure:  # doit's message repeats the arguments, and so what $VARIABLES stood for
            failure.message = f"resq-{self.stage} failed, for the reason it gave on stderr"
        return failure


def _end_with_parent() -> None:
    """The kernel sends a stage SIGTERM when doit ends before it, however that comes: no capture runs on for nobody."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _await_children() -> None:
    """Until a capture has written what it recorded, or the user insists."""
    with contextlib.suppress(ChildProcessError, KeyboardInterrupt):
        while True:
            os.wait()
