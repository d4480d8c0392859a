"""Print the JSON schema of pipelines/NAME.toml, from which editors complete and check.

Examples:
    resq-flame schema > .flame/target.schema.json
    resq-flame schema --defaults > .flame/defaults.schema.json

The first line of a target then says where it is, for taplo and the editors that use it:
    #:schema ../.flame/target.schema.json
"""

from __future__ import annotations

import argparse
import json

from resq_flame import stage


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--defaults", action="store_true", help="the schema of resq-flame.toml")
    stage.add_output(parser)


def run(_prog: str, options: argparse.Namespace) -> None:
    from resq_flame import schema

    found = schema.of_defaults() if options.defaults else schema.of_target()
    stage.write(options.output, [json.dumps(found, indent=2, ensure_ascii=False).encode(), b"\n"])
