"""What a picture may not do, and that it works where a page may do little."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Page

from browser.pages import TREE, frame, names
from render.pictures import SVG, drawn, read
from resq_flame.folded import Folded
from resq_flame.render.formats import FORMATS
from resq_flame.render.options import Options

ADDRESS = "https://pictures.test/picture.svg"
HOSTILE = "</title></script><script>alert(1)</script><img src=x onerror=alert(2)>]]>\"' onload=alert(3) \x07\u202e"

Serve = Callable[..., tuple[Page, list[str]]]


@pytest.fixture
def serve(browser: Browser) -> Iterator[Serve]:
    """``serve(body, policy)``: the page that a server with this policy sends, and what goes wrong in it."""
    pages: list[Page] = []

    def open_page(body: str | bytes, policy: str = "", kind: str = "image/svg+xml") -> tuple[Page, list[str]]:
        page = browser.new_page()
        pages.append(page)
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("dialog", lambda dialog: told.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: told.append(request.url) if request.url != ADDRESS else None)
        headers = {"Content-Type": kind, "Content-Security-Policy": policy}
        page.route("**/*", lambda route: route.fulfill(body=body, headers=headers))
        page.goto(ADDRESS)
        return page, told

    yield open_page
    for page in pages:
        page.close()


def test_where_a_code_host_runs_no_scripts_the_picture_is_there(serve: Serve) -> None:
    page, _ = serve(drawn(Folded(stacks=dict(TREE))), "default-src 'none'; style-src 'unsafe-inline'; sandbox")
    assert page.locator("#frames .func_g").count() == 8
    assert page.locator("svg.live").count() == 0
    assert page.locator(".c0, .c1, .c2").first.evaluate("(box) => getComputedStyle(box).fill") != "rgb(0, 0, 0)"


def test_a_strict_policy_needs_the_hash_of_the_script_alone(serve: Serve) -> None:
    picture = drawn(Folded(stacks=dict(TREE)))
    script = ElementTree.fromstring(picture).findtext(f"{SVG}script", "")
    allowed = b64encode(sha256(script.encode()).digest()).decode()
    page, told = serve(picture, f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{allowed}'")
    page.wait_for_selector("svg.ready", state="attached")
    frame(page, "render").click()
    for key in ("t", "v", "?"):
        page.keyboard.press(key)
    assert page.get_by_role("dialog").is_visible()
    assert told == []


def test_the_script_is_the_same_in_every_picture() -> None:
    def script(picture: str) -> str:
        return ElementTree.fromstring(picture).findtext(f"{SVG}script", "")

    assert script(drawn(read("hostile.folded"), title=HOSTILE)) == script(drawn(Folded(stacks={"a": 1}), colors="mem"))


@pytest.mark.parametrize(("form", "kind"), [("svg", "image/svg+xml"), ("html", "text/html; charset=utf-8")])
def test_hostile_words_and_names_are_text(serve: Serve, form: str, kind: str) -> None:
    options = Options(title=HOSTILE, subtitle=HOSTILE, notes=HOSTILE, countname=HOSTILE, nametype=HOSTILE)
    stacks = {f"{HOSTILE.replace(';', ':')};{name}": 5 for name in ("\u05d0\u05d1", "x" * 10_000, "\U0001f525", "a&b")}
    page, told = serve(b"".join(FORMATS[form].draw(Folded(stacks=stacks), options)), kind=kind)
    page.wait_for_selector("svg.ready", state="attached")
    for key in ("ArrowUp", "ArrowUp", "Enter", "t", "v", "m", "Escape", "e", "w"):
        page.keyboard.press(key)
    assert page.evaluate("document.querySelectorAll('img, body script ~ script, [onload], [onerror]').length") == 0
    assert page.locator("#title").inner_html().startswith("&lt;/title&gt;&lt;/script&gt;")
    assert "x" * 20 in " ".join(names(page))
    assert told == []


def test_a_picture_in_a_sandbox_works(serve: Serve) -> None:
    page, told = serve(drawn(Folded(stacks=dict(TREE))), "sandbox allow-scripts")
    page.wait_for_selector("svg.ready", state="attached")
    frame(page, "render").click()
    page.wait_for_timeout(200)  # the address is written then, or is not
    assert names(page) == ["all", "main", "serve", "render", "escape", "join"]
    assert told == []
