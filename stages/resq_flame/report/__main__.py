"""python -m resq_flame.report"""

from __future__ import annotations

from resq_flame.report import main

if __name__ == "__main__":
    raise SystemExit(main())
