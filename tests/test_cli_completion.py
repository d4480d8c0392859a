"""Completions in the shells themselves: what Tab offers."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from programs import ROOT, environment, error_line, run
from requirements import needs

SHELLS = ("bash", "zsh", "fish")
# What is typed before Tab, and some of what is offered, among it all of a kind.
OFFERED = [
    ("resq-flame tar", "targets"),
    ("resq-flame file --forma", "--format"),
    ("resq-flame file --format cpuprofi", "cpuprofile"),
    ("resq-flame file READ", "README.md"),
    ("resq-flame diff --before READ", "README.md"),
    ("resq-flame run offc", "offcpu"),
    ("resq-flame completion fis", "fish"),
    ("resq-flame python --pid PID", "PID"),
    ("resq-fold --list-for", "--list-formats"),
    ("resq-capture offc", "offcpu"),
]
BASH = """
source <(resq-flame completion bash); source <(resq-flame completion bash resq-fold)
source <(resq-flame completion bash resq-capture)
COMP_WORDS=($1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE=$1; COMP_POINT=${#1}
complete -p "${COMP_WORDS[0]}" > /dev/null && _shtab_${COMP_WORDS[0]//-/_} "${COMP_WORDS[0]}" "${COMP_WORDS[-1]}" ""
printf '%s\\n' "${COMPREPLY[@]}"
"""
FISH = """
for program in resq-flame resq-fold resq-capture; resq-flame completion fish $program | source; end
complete -C $argv[1]
"""


@pytest.fixture(scope="module")
def path() -> str:
    """Where ``resq-flame`` is beside the Python that runs the tests."""
    return f"{Path(sys.executable).parent}:{environment()['PATH']}"


@pytest.fixture(scope="module")
def zsh(path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], str]]:
    """Types a line and Tab into a zsh on a terminal, which has no other way to complete."""
    needs("zsh")
    tmux = [needs("tmux"), "-S", str(tmp_path_factory.mktemp("tmux") / "socket")]
    folder = tmp_path_factory.mktemp("zsh")
    for program in ("resq-flame", "resq-fold", "resq-capture"):
        script = run(["resq-flame", "completion", "zsh", program], PATH=path).stdout
        (folder / f"_{program}").write_bytes(script)
    (folder / ".zshrc").write_text(
        f"PS1='> '; fpath+={folder}; autoload -Uz compinit; compinit -u -d {folder}/dump; LISTMAX=0; print ready\n"
    )

    def screen() -> str:
        return run([*tmux, "capture-pane", "-p"]).stdout.decode()

    def awaited(done: Callable[[str], bool]) -> str:
        end = time.monotonic() + 20
        while not done(found := screen()) and time.monotonic() < end:
            time.sleep(0.05)
        return found

    def typed(line: str, expected: str) -> str:
        run([*tmux, "send-keys", "C-c"])
        run([*tmux, "send-keys", "C-l"])
        awaited(lambda found: found.strip() == ">")
        run([*tmux, "send-keys", "-l", line])
        awaited(lambda found: found.strip() == f"> {line}")  # a Tab within pasted text would be a tab
        run([*tmux, "send-keys", "Tab"])
        return awaited(lambda found: expected in found)

    command = ["zsh", "-i"]
    started = run(
        [*tmux, "-f", "/dev/null", "new-session", "-d", "-x", "150", "-y", "50", "-c", str(ROOT), *command],
        PATH=path,
        ZDOTDIR=str(folder),
    )
    assert started.returncode == 0, started.stderr
    assert "ready" in awaited(lambda found: "ready" in found)
    yield typed
    run([*tmux, "kill-server"])


@pytest.mark.parametrize("shell", SHELLS)
def test_is_a_script_of_its_shell(shell: str, path: str, tmp_path: Path) -> None:
    for program in ("resq-flame", "resq-render"):
        script = run(["resq-flame", "completion", shell, program], PATH=path)
        assert script.returncode == 0
        (tmp_path / program).write_bytes(script.stdout)
        done = run([needs(shell), "-n", program], cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(("typed", "expected"), OFFERED)
def test_bash_offers(typed: str, expected: str, path: str) -> None:
    assert expected in _said("bash", BASH, typed, path, expected)


@pytest.mark.parametrize(("typed", "expected"), OFFERED)
def test_fish_offers(typed: str, expected: str, path: str) -> None:
    assert expected in _said("fish", FISH, typed, path, expected)


@pytest.mark.parametrize(("typed", "expected"), [pair for pair in OFFERED if pair[1] != "PID"])
def test_zsh_completes(typed: str, expected: str, zsh: Callable[[str, str], str]) -> None:
    assert expected in zsh(typed, expected)


def test_an_unknown_shell_or_program_names_the_nearest(path: str) -> None:
    assert "did you mean zsh?" in error_line(run(["resq-flame", "completion", "zs"], PATH=path), 2)
    assert "did you mean resq-fold?" in error_line(run(["resq-flame", "completion", "zsh", "resq-fol"], PATH=path), 2)


def _said(shell: str, script: str, typed: str, path: str, expected: str) -> list[str]:
    """What is offered, without descriptions. A number of a process is all that stands for one."""
    arguments = ["-c", script, "bash", typed] if shell == "bash" else ["-c", script, typed]
    if expected == "PID":
        arguments[-1] = typed.replace("PID", "1")
    done = run([needs(shell), *arguments], cwd=ROOT, PATH=path)
    assert done.returncode == 0, done.stderr
    words = [line.partition("\t")[0] for line in done.stdout.decode().splitlines()]
    return ["PID"] if expected == "PID" and words and all(word.startswith("1") for word in words) else words
