"""What ``resq-flame --help`` prints: every command, by what a user wants to do."""

from __future__ import annotations

from resq_flame.cli.commands import COMMANDS, GROUPS

DOC = """\
Flame graphs for ResQ services: profile one, see what is hot, change it, prove it.

Examples:
    resq-flame                                            # choose a target, profile it, see the graph in the terminal
    resq-flame demo                                       # see it work: a small program, profiled and drawn
    resq-flame python --pid 1234 --duration 10s --open    # what does this process do?
    resq-flame file app.cpuprofile -o app.svg             # draw a profile that there is
    resq-flame diff --before a.svg --after b.svg          # what changed?
"""
_FOOT = """\
General flags, for every command:
  -h, --help     what the command does, its flags, examples
  -q, --quiet    say nothing but errors
  -v, --verbose  say what is done, and how long it takes
  --version      show the version and exit

The stages themselves are resq-capture, resq-fold, resq-merge, resq-render, resq-diff and resq-report.
resq-flame man shows the manual, resq-flame completion --help how to complete all this by Tab."""


def text() -> str:
    width = max(map(len, COMMANDS))
    lines = ["usage: resq-flame [COMMAND] [flags] [-- PROGRAM ...]", "", DOC]
    for group in GROUPS:
        listed = [command for command in COMMANDS.values() if command.group == group]
        lines += [f"{group}:", *(f"  {command.name:<{width}}  {command.doc}" for command in listed), ""]
    return "\n".join([*lines, _FOOT])
