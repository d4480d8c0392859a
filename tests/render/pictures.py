"""Drawing in tests, and reading what was drawn."""

from __future__ import annotations

import re
import zlib
from binascii import a2b_base64
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from resq_flame import folded
from resq_flame.folded import Differential, Folded
from resq_flame.render import svg
from resq_flame.render.options import Options

FIXTURES = Path(__file__).parents[2] / "fixtures" / "render"
SVG = "{http://www.w3.org/2000/svg}"
FG = "{http://github.com/jonhoo/inferno}"


@dataclass(frozen=True)
class Box:
    """A frame of the static layer."""

    title: str
    label: str
    fill: str
    x: float
    y: float
    width: float
    start: str
    total: str


def read(name: str) -> Folded | Differential:
    with (FIXTURES / name).open("rb") as stream:
        return folded.parse(stream)


def stacks(**weights: int) -> Folded:
    """``stacks(a_b=3)``: root ``a`` calls leaf ``b``."""
    return Folded(stacks={name.replace("_", ";"): weight for name, weight in weights.items()})


def drawn(profile: Folded | Differential, **options: object) -> str:
    return b"".join(svg.draw(profile, Options(**options))).decode()  # type: ignore[arg-type]


def boxes(picture: str) -> list[Box]:
    """The frames that any viewer shows, the whole first."""
    root = ElementTree.fromstring(picture)
    return [_box(group) for group in root.iter(f"{SVG}g") if "func_g" in group.get("class", "").split()]


def still(picture: str) -> str:
    """The picture as goldens keep it: no script, and the embedded profile as it reads before it is deflated."""
    plain = re.sub(r"<script>.*</script>\n", "", picture, flags=re.DOTALL)
    return re.sub(r"(<metadata [^>]*>)(.*)(?=</metadata>)", lambda found: found[1] + _escaped(found[2]), plain)


def _box(group: ElementTree.Element) -> Box:
    rect = group.find(f"{SVG}rect")
    assert rect is not None
    x, y, width = (float(rect.get(name, "nan")) for name in ("x", "y", "width"))
    return Box(
        group.findtext(f"{SVG}title", ""),
        group.findtext(f"{SVG}text", ""),
        rect.get("class", ""),
        x,
        y,
        width,
        rect.get(f"{FG}x", ""),
        rect.get(f"{FG}w", ""),
    )


def _escaped(content: str) -> str:
    return svg.xml(zlib.decompress(a2b_base64(content)).decode())
