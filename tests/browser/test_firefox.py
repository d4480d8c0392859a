"""The view in Firefox. Playwright drives only Firefoxes of its own: here the page drives itself and tells the test."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from browser.pages import TREE
from requirements import needs
from resq_flame.folded import Differential
from resq_flame.render.formats import FORMATS
from resq_flame.render.options import Options

# What a user would do; each step's frames are told, callers first.
STEPS = """
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const names = () => [...document.querySelectorAll("#frames .func_g")]
  .filter((each) => each.style.display !== "none").map((each) => each.getAttribute("aria-label"));
const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
const errors = [];
addEventListener("error", (event) => errors.push(event.message));
(async () => {
  for (let tries = 0; tries < 100 && !document.querySelector("svg.ready"); tries++) await wait(100);
  const told = { ready: Boolean(document.querySelector("svg.ready")), first: names() };
  const render = [...document.querySelectorAll(".func_g")].find((each) => each.getAttribute("aria-label") === "render");
  render.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  told.zoomed = names();
  const field = document.querySelector("#search");
  field.value = "join";
  field.dispatchEvent(new Event("input"));
  told.matched = document.querySelector("#matched").textContent;
  press("v");
  told.callers = names();
  press("t");
  told.table = [...document.querySelectorAll("#panel td.name")].map((each) => each.textContent);
  press("?");
  told.help = Boolean(document.querySelector("[role=dialog]"));
  await wait(300);
  told.link = location.search;
  told.errors = errors;
  await fetch("/told", { method: "POST", body: JSON.stringify(told) });
})();
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    firefox = needs("firefox-esr", why="the view is tried in it, too")
    stacks = {stack: (weight, weight) for stack, weight in TREE.items()}
    page = b"".join(FORMATS["html"].draw(Differential(stacks=stacks), Options()))
    answers: Queue[dict[str, Any]] = Queue()
    server = HTTPServer(("127.0.0.1", 0), handler(page + b"<script>%b</script>" % STEPS.encode(), answers))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    profile = tmp_path_factory.mktemp("firefox")
    process = started(firefox, profile, f"http://127.0.0.1:{server.server_port}/")
    try:
        yield answers.get(timeout=60)
    finally:
        process.terminate()
        process.wait(20)
        server.shutdown()


def handler(page: bytes, answers: Queue[dict[str, Any]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page)

        def do_POST(self) -> None:
            answers.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    return Handler


def started(firefox: str, profile: Path, address: str) -> subprocess.Popen[bytes]:
    command = [firefox, "--headless", "--no-remote", "--profile", str(profile), address]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"HOME": str(profile)})


def test_it_starts(told: dict[str, Any]) -> None:
    assert told["ready"]
    assert told["errors"] == []
    assert told["first"] == ["all", "idle", "main", "serve", "parse", "render", "escape", "join"]


def test_it_zooms_and_searches(told: dict[str, Any]) -> None:
    assert told["zoomed"] == ["all", "main", "serve", "render", "escape", "join"]
    assert told["matched"] == "Matched: 66.67% of view · 40.00% of all · 1 frame"


def test_it_has_callers_a_table_and_help(told: dict[str, Any]) -> None:
    assert told["callers"][:5] == ["all", "escape", "render", "serve", "main"]
    assert told["table"] == ["join"]
    assert told["help"]


def test_it_keeps_the_link(told: dict[str, Any]) -> None:
    assert told["link"] == "?s=join&v=callers&t=1"
