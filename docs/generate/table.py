"""The GENERATED table: each file that is made, by the name git has for it, and the function that makes its bytes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import benchmarks
import formats
import manual
import pictures
import regions

WITH_REGIONS = (
    "README.md",
    "docs/PIPELINES.md",
    "docs/PROFILING_FLAMEGRAPH_GUIDE.md",
)
"""Pages written by hand, but for what stands between markers."""

GENERATED: dict[str, Callable[[], bytes]] = {
    **{picture.path: partial(pictures.drawn, picture) for picture in pictures.PICTURES},
    "docs/STAGES.md": manual.page,
    "docs/FORMATS.md": formats.page,
    "docs/BENCHMARKS.md": benchmarks.page,
    **{name: partial(regions.filled, name) for name in WITH_REGIONS},
}
