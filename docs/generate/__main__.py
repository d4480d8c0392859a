"""Write again what is generated in README.md and docs/: pages, regions of pages, pictures.

    doit docs                                  all of it
    python3 docs/generate docs/STAGES.md       one file
    python3 docs/generate --check              write nothing; exit 1 and name what is stale

Everything is made from what is in the repository, so that the same commit gives the same bytes on every machine.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "stages"))  # a bare checkout

from table import GENERATED  # noqa: E402  # the path comes first


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE", help="as git names it (default: everything generated)")
    parser.add_argument("--check", action="store_true", help="write nothing, name what is stale")
    options = parser.parse_args()
    unknown = [name for name in options.files if name not in GENERATED]
    if unknown:
        parser.error(f"{unknown[0]} is not generated (what is: {', '.join(GENERATED)})")
    stale = [name for name in options.files or GENERATED if is_stale(name, write=not options.check)]
    for name in stale:
        print(f"{name} is stale: doit docs writes it again" if options.check else f"{name} was written")
    return 1 if stale and options.check else 0


def is_stale(name: str, *, write: bool) -> bool:
    """Whether the file differs from what it would be; with ``write``, it does no longer."""
    path, made = ROOT / name, GENERATED[name]()
    if path.exists() and path.read_bytes() == made:
        return False
    if write:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made)
    return True


if __name__ == "__main__":
    raise SystemExit(main())
