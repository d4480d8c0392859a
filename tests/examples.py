"""Examples of the documentation, run as a reader runs them: pasted into a shell, one after the other."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from programs import environment
from requirements import needs

_BLOCK = re.compile(
    r"^(?:<!-- needs: (?P<needs>[\w, -]+) -->\n)?```(?P<kind>sh|diff)\n(?P<script>.*?)^```$", re.MULTILINE | re.DOTALL
)
_PORT = re.compile(r"(localhost:|PORT=|--port )(\d+)")


def blocks(page: Path) -> list[str]:
    """What a reader of a page does: paste its ``sh`` blocks, and apply its ``diff`` blocks.

    Skips the test where a program is missing that a block is said to need:

    <!-- needs: node, perf -->
    ```sh
    """
    found = list(_BLOCK.finditer(page.read_text("utf-8")))
    for block in found:
        for program in filter(None, (block["needs"] or "").split(", ")):
            needs(program)
    return [block["script"] if block["kind"] == "sh" else _applied(block["script"]) for block in found]


def _applied(change: str) -> str:
    return f"git apply - <<'END OF DIFF'\n{change}END OF DIFF\n"


def paste(scripts: Sequence[str], checkout: Path, home: Path, timeout: float = 240) -> None:
    """Run the scripts in one shell of a checkout, as if pasted: what the first sets or starts, the last one sees.

    A port is replaced by a free one. All that was started ends with the shell.
    """
    script = "\n".join(_announced(_with_free_ports(scripts)))
    variables = environment(
        HOME=str(home), PATH=f"{checkout / '.venv/bin'}:{os.environ['PATH']}", PYTHONPATH=str(checkout / "stages")
    )
    with tempfile.TemporaryFile() as printed:
        shell = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=checkout,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = shell.wait(timeout)
        finally:
            with contextlib.suppress(ProcessLookupError):  # it left nothing behind
                os.killpg(shell.pid, signal.SIGKILL)
        printed.seek(0)
        assert code == 0, printed.read().decode(errors="replace")


def _announced(scripts: Sequence[str]) -> Iterator[str]:
    for number, script in enumerate(scripts, 1):
        yield f"echo '---- block {number}: {script.splitlines()[0].replace(chr(39), '')}'\n{script}"


def _with_free_ports(scripts: Sequence[str]) -> list[str]:
    free: dict[str, str] = {}

    def replaced(found: re.Match[str]) -> str:
        return found[1] + free.setdefault(found[2], str(_free_port()))

    return [_PORT.sub(replaced, script) for script in scripts]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port: int = closing.getsockname()[1]
    return port
