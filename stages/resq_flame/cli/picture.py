"""The picture that commands draw: its flags, the file, the line about what is in it."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace

from resq_flame import stage
from resq_flame.folded import Differential, Folded
from resq_flame.render import options as render_options
from resq_flame.render.options import Options

SVG = "flamegraph.svg"
RENDERERS = ("resq", "inferno")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", "--output", default=SVG, metavar="FILE", help=f"the picture (default: {SVG}; - is stdout)"
    )
    parser.add_argument("--open", action="store_true", help="show it in the browser")
    parser.add_argument(
        "--renderer",
        choices=RENDERERS,
        default=RENDERERS[0],
        help="what draws it: resq-render (default), or inferno-flamegraph where that is installed",
    )
    render_options.add_arguments(parser)


def check(options: argparse.Namespace) -> None:
    """Raise StageError for a picture that cannot be drawn or written, before something is profiled for it."""
    chosen = render_options.from_arguments(options)
    if chosen.nameattr:
        from resq_flame.render import attributes

        attributes.read(chosen.nameattr)
    if options.renderer == "inferno":
        from resq_flame.cli import inferno

        inferno.check(chosen)
    stage.check_output(options.output)


def draw(prog: str, profile: Folded | Differential, options: argparse.Namespace, title: str = "") -> None:
    """Write the picture where the flags of ``add_arguments`` say. ``title`` is for where no flag gives one."""
    chosen = render_options.from_arguments(options)
    chosen = replace(chosen, title=chosen.title or title)
    stage.write(options.output, _drawn(options.renderer, profile, chosen))
    if options.output == stage.STDIO:
        return
    stage.say(prog, f"{options.output}: {summary(profile)}")
    if options.open:
        _open(prog, options.output)


def _drawn(renderer: str, profile: Folded | Differential, options: Options) -> list[bytes]:
    """The picture, whole before a byte is written."""
    if renderer == "inferno":
        from resq_flame.cli import inferno

        return [inferno.draw(profile, options)]
    from resq_flame.render import svg

    return list(svg.draw(profile, options))


def _open(prog: str, path: str) -> None:
    from resq_flame.tui import browser

    if not browser.show(path):
        stage.say(prog, f"no browser to open here; the picture is {os.path.abspath(path)}")


def summary(profile: Folded | Differential) -> str:
    """How much was measured, and the function on top of most of it."""
    from resq_flame import report

    if isinstance(profile, Differential):
        return report.summary_of_changes(profile).partition(";")[0]
    found = report.report(profile, "self", 1)
    return f"{found.summary}; on top: {found.rows[0][-1]} ({found.rows[0][1]} % self)"
