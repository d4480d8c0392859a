"""python -m resq_flame.cli"""

from __future__ import annotations

from resq_flame.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
