"""The pages do what they say: an ``sh`` block runs as pasted, a link leads somewhere, what is generated is fresh."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from checkouts import copied
from examples import blocks, paste
from programs import ROOT, run

PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("fixtures/services/**/*.md")})
ARCHITECTURE = ROOT / "docs" / "ARCHITECTURE.md"
LINK = re.compile(r"(?:\]\(|srcset=\"|src=\"|href=\")([^)\s\"]+)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
EXTERNAL = re.compile(r"https://[\w.-]+\.[a-z]+(/[\w./#?=&%~+-]*)?")


def title(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", [page for page in PAGES if "\n```sh\n" in page.read_text()], ids=title)
def test_shell_blocks_run_as_pasted(page: Path, tmp_path: Path) -> None:
    scripts = blocks(page)
    home, checkout = tmp_path / "home", tmp_path / "checkout"
    home.mkdir()
    checkout.mkdir()
    paste(scripts, copied(checkout), home)


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_links_lead_somewhere(page: Path) -> None:
    astray = [link for link in LINK.findall(FENCED.sub("", page.read_text("utf-8"))) if not leads(page, link)]
    assert not astray


def leads(page: Path, link: str) -> bool:
    """Whether there is such a file, and in it such a heading; of what is elsewhere, whether it is an address."""
    if "://" in link:
        return bool(EXTERNAL.fullmatch(link))
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as code hosts make them."""
    titles = HEADING.findall(re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL))
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_what_is_generated_is_what_would_be() -> None:
    done = run([sys.executable, "docs/generate", "--check"], cwd=ROOT)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


@pytest.mark.parametrize(
    "change", re.findall(r"^```diff\n(.*?)^```$", ARCHITECTURE.read_text(), re.DOTALL | re.MULTILINE)
)
def test_an_extension_takes_under_30_lines(change: str) -> None:
    added = [line for line in change.splitlines() if line.startswith("+") and not line.startswith("+++ ")]
    assert 0 < len(added) < 30
