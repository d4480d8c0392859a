"""Complete commands, flags, files, processes and targets by Tab, in bash, zsh and fish.

Examples:
    resq-flame completion bash > ~/.local/share/bash-completion/completions/resq-flame
    resq-flame completion zsh > ~/.zfunc/_resq-flame
    resq-flame completion fish > ~/.config/fish/completions/resq-flame.fish
    resq-flame completion bash resq-fold > ~/.local/share/bash-completion/completions/resq-fold

For zsh, ~/.zshrc needs two lines: fpath+=~/.zfunc, then autoload -Uz compinit && compinit. To try it at once, in bash
and zsh: eval "$(resq-flame completion bash)", in fish: resq-flame completion fish | source
"""

from __future__ import annotations

import argparse

from resq_flame.cli import definition

_SHELLS = ("bash", "zsh", "fish")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=_SHELLS, metavar="SHELL", help=", ".join(_SHELLS))
    parser.add_argument(
        "program",
        nargs="?",
        choices=definition.PROGRAMS,
        default=definition.PROG,
        metavar="PROGRAM",
        help=f"{definition.PROG} (default), or a stage: {', '.join(definition.PROGRAMS[1:])}",
    )


def run(_prog: str, options: argparse.Namespace) -> None:
    from resq_flame.cli import completion

    print(completion.script(definition.program(options.program), options.shell))
