#!/usr/bin/env python3
"""Draws one big profile with resq-render, inferno-flamegraph and flamegraph.pl, and opens the pictures in Chromium.

bench/svg.py --flamegraph-dir ~/FlameGraph             a generated profile of 90,000 distinct frames
bench/svg.py --input app.folded                        a profile of one's own

Everything is measured in one run, in rounds that take turns; of each the best counts. The goals, against inferno with
every frame (--minwidth 0) and as it comes: size at most 1/25 and 0.5, first paint 1/8 and 0.7, a zoom 1/20 and 50 ms,
a search 1/10 and 30 ms; CPU of drawing at most 2.5 times inferno's and 0.25 times flamegraph.pl's with every frame.

A paint is measured twice. "paint" is the complete picture. "first" is the browser's own first contentful paint, of
whatever part has come by then: the title and some frames of a picture that takes ten seconds are on the screen soon.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tools import flamegraph_script, run

RENDER = Path(__file__).resolve().parents[1] / "stages" / "render"
SCRIPT = "flamegraph.pl"
OURS, LOSSLESS, PRUNED = "resq-render", "inferno --minwidth 0", "inferno"

CHROMIUM = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")

# Two frames later what was asked for is on the screen: the first callback runs before that frame is painted.
PAINTED = "const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));"

FIRST = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity"

# The zoom is into the widest frame that does not fill its row. Layout is part of the work, as it is for who waits.
TIMED = """async () => {
  %s
  const wide = (group) => group.querySelector("rect").getBoundingClientRect().width;
  const all = [...document.querySelectorAll("#frames g")].filter((group) => group.querySelector("rect"));
  const whole = Math.max(...all.map(wide));
  const widest = all.filter((group) => wide(group) < whole * 0.9).sort((one, other) => wide(other) - wide(one))[0];
  await painted();
  const began = performance.now();
  %s;
  document.documentElement.getBoundingClientRect();
  return performance.now() - began;
}"""


@dataclass(frozen=True)
class Look:
    """What a picture costs whoever opens it: bytes, and milliseconds until it shows (some, all), zooms and finds."""

    size: int
    first: float
    paint: float
    zoom: float
    search: float


ZOOM = {
    OURS: "widest.dispatchEvent(new MouseEvent('click', { bubbles: true }))",
    LOSSLESS: "zoom(widest)",
    PRUNED: "zoom(widest)",
}
FIELD = "const field = document.querySelector('#search'); field.value = 'parse';"
SEARCH = {
    OURS: f"{FIELD} field.dispatchEvent(new Event('input'))",
    LOSSLESS: "search('parse')",
    PRUNED: "search('parse')",
}


def main() -> int:
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="bench-svg-") as folder:
        profile = Path(options.input) if options.input else generated(Path(folder, "generated.folded"), options.frames)
        print(f"{distinct(profile):,} distinct frames, {profile.stat().st_size / 1e6:.1f} MB")
        costs, pictures = drawings(profile, Path(folder), options)
        report_costs(costs)
        if not options.no_browser:
            report_looks(looks(pictures, options.rounds))
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", metavar="FILE", help="folded stacks (default: some that are generated)")
    parser.add_argument("--frames", type=int, default=90_000, metavar="N", help="of the generated profile")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="runs of each tool")
    parser.add_argument("--no-browser", action="store_true", help="measure drawing alone")
    parser.add_argument(
        "--flamegraph-dir",
        default=os.environ.get("FLAMEGRAPH_DIR"),
        metavar="DIR",
        help=f"a FlameGraph checkout or its git directory, for {SCRIPT} (default: $FLAMEGRAPH_DIR)",
    )
    return parser.parse_args()


# ---- The profile


def generated(path: Path, frames: int) -> Path:
    """Seeded walks over a call graph in which few functions are hot, until there are so many distinct frames."""
    chance = random.Random(20)
    names = [function(chance) for _ in range(2500)]
    callees = [
        [min(int(chance.paretovariate(0.7)) + at, len(names) - 1) for _ in range(chance.randint(1, 6))]
        for at in range(len(names))
    ]
    paths: set[tuple[int, ...]] = set()
    stacks: dict[tuple[int, ...], int] = {}
    while len(paths) < frames:
        at, stack = 0, [0]
        for _ in range(min(int(chance.gauss(22, 8)), 60)):
            at = chance.choice(callees[at])
            stack.append(at)
        key = tuple(stack)
        stacks[key] = stacks.get(key, 0) + int(chance.paretovariate(1.2))
        paths.update(key[:depth] for depth in range(1, len(key) + 1))
    lines = (f"{';'.join(names[at] for at in key)} {weight}\n" for key, weight in stacks.items())
    path.write_text("".join(lines), encoding="utf-8")
    return path


def function(chance: random.Random) -> str:
    """A name such as those in the symbols of a C++ service."""
    verbs = ("parse", "render", "read", "write", "hash", "lookup", "merge", "visit", "encode", "poll", "handle", "copy")
    things = ("Request", "Header", "Body", "Index", "Row", "Node", "Token", "Cache", "Query", "Page", "Session", "Plan")
    spaces = ("app", "net::http", "db::storage", "std", "proto", "core::task")
    return (
        f"{chance.choice(spaces)}::{chance.choice(things)}{chance.randrange(40)}"
        f"<{chance.choice(things)}>::{chance.choice(verbs)}_{chance.choice(things).lower()}"
    )


def distinct(profile: Path) -> int:
    with profile.open(encoding="utf-8", errors="replace") as lines:
        stacks = {line.rpartition(" ")[0] for line in lines if not line.startswith("#")}
    return len(
        {
            tuple(frames[:depth])
            for stack in stacks
            for frames in [stack.split(";")]
            for depth in range(1, len(frames) + 1)
        }
    )


# ---- Drawing


def commands(options: argparse.Namespace, folder: Path) -> dict[str, list[str]]:
    found = {OURS: [sys.executable, str(RENDER)]}
    if inferno := shutil.which("inferno-flamegraph") or shutil.which(
        "inferno-flamegraph", path=Path.home() / ".cargo/bin"
    ):
        found |= {LOSSLESS: [inferno, "--minwidth", "0"], PRUNED: [inferno]}
    else:
        print("inferno-flamegraph is not on PATH (cargo install inferno)", file=sys.stderr)
    if options.flamegraph_dir:
        script = flamegraph_script(SCRIPT, options.flamegraph_dir, folder)
        found[f"{SCRIPT} --minwidth 0"] = ["perl", str(script), "--minwidth", "0"]
    return found


def drawings(profile: Path, folder: Path, options: argparse.Namespace) -> tuple[dict[str, float], dict[str, Path]]:
    """Seconds of CPU by tool, and its picture."""
    tools = commands(options, folder)
    costs = dict.fromkeys(tools, float("inf"))
    pictures = {tool: folder / f"{number}.svg" for number, tool in enumerate(tools)}
    for _, (tool, command) in itertools.product(range(options.rounds), tools.items()):
        costs[tool] = min(costs[tool], run([*command, str(profile)], stdout=pictures[tool]).cpu)
    return costs, pictures


def report_costs(costs: dict[str, float]) -> None:
    print(f"\n{'drawing':28}{'CPU s':>8}{'ours is':>12}{'goal':>8}")
    goals = {LOSSLESS: 2.5, f"{SCRIPT} --minwidth 0": 0.25}
    for tool, seconds in costs.items():
        goal = goals.get(tool)
        verdict = f"{costs[OURS] / seconds:>11.2f}x{f'<= {goal}' if goal else '':>8}" if tool != OURS else ""
        print(f"{tool:28}{seconds:>8.2f}{verdict}")


# ---- Looking


def looks(pictures: dict[str, Path], rounds: int) -> dict[str, Look]:
    from playwright.sync_api import sync_playwright

    found: dict[str, list[Look]] = {}
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM))
        for _, tool in itertools.product(range(rounds), (tool for tool in pictures if tool in ZOOM)):
            found.setdefault(tool, []).append(look(browser, tool, pictures[tool]))
        browser.close()
    return {tool: best(each) for tool, each in found.items()}


def look(browser: object, tool: str, picture: Path) -> Look:
    page = browser.new_page(viewport={"width": 1200, "height": 800})  # type: ignore[attr-defined]
    page.set_default_timeout(120_000)
    page.goto("about:blank")
    page.goto(picture.as_uri())
    paint = page.evaluate(f"async () => {{ {PAINTED} await painted(); return performance.now(); }}")
    if tool == OURS:
        page.wait_for_selector("svg.ready", state="attached")
    first = page.evaluate(FIRST)
    seconds = [page.evaluate(TIMED % (PAINTED, act)) for act in (SEARCH[tool], ZOOM[tool])]
    page.close()
    return Look(picture.stat().st_size, first, paint, seconds[1], seconds[0])


def best(rounds: list[Look]) -> Look:
    return Look(*(min(getattr(each, name) for each in rounds) for name in Look.__dataclass_fields__))


GOALS = {
    "size": (1 / 25, 0.5, None),
    "first": (1 / 8, 0.7, None),
    "paint": (1 / 8, 0.7, None),
    "zoom": (1 / 20, None, 50),
    "search": (1 / 10, None, 30),
}


def report_looks(found: dict[str, Look]) -> None:
    print(f"\n{'in Chromium':28}{'MB':>8}{'first ms':>10}{'paint ms':>10}{'zoom ms':>9}{'search ms':>11}")
    for tool, each in found.items():
        paints = f"{each.first:>10.0f}{each.paint:>10.0f}"
        print(f"{tool:28}{each.size / 1e6:>8.2f}{paints}{each.zoom:>9.1f}{each.search:>11.1f}")
    for name, goals in GOALS.items():
        ours = getattr(found[OURS], name)
        for peer, goal in zip((LOSSLESS, PRUNED), goals, strict=False):
            if goal and peer in found:
                ratio = ours / getattr(found[peer], name)
                print(
                    f"{name + ' / ' + peer:40}{ratio:>8.3f}  goal <= {goal:.3f}  {'met' if ratio <= goal else 'MISSED'}"
                )
        if goals[2]:
            said(f"{name}, ms", ours, goals[2])


def said(what: str, found: float, goal: float) -> None:
    print(f"{what:40}{found:>9.3f}  goal <= {goal:<6.3g} {'met' if found <= goal else 'MISSED'}")


if __name__ == "__main__":
    raise SystemExit(main())
