"""The script's trees (view/tree.js, view/views.js), tried in Node against the model."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from profiles import profiles
from requirements import needs
from resq_flame import embedded
from resq_flame.folded import Folded
from resq_flame.render import script
from resq_flame.render.layout import layout
from resq_flame.trie import turned

# Lines of {tree: document, act: text} in, stacks with their weights out; act is JavaScript over `tree`.
SERVER = """
"use strict";
%s
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { tree: said, act } = JSON.parse(line);
  const own = [0, ...said.weights.map((weight) => weight ?? 0)];
  const names = [...said.names, "all"];
  const tree = treeOf(names, [said.names.length, ...said.frames], [0, ...said.depths], [own]);
  const id = (name) => names.indexOf(name);
  const wish = (given) => narrowed(tree, { hidden: new Set(), only: null, merged: false, ...given });
  const made = eval(act);
  const told = made.count === undefined ? made : stacksOf(made).map(({ path, at }) =>
    [path.map((name) => names[name]).join(";"), made.sides[0].own[at], made.level[at]]);
  console.log(JSON.stringify(told));
});
"""

Ask = Callable[[Folded, str], Any]


@pytest.fixture(scope="module")
def ask() -> Any:
    source = SERVER % (script.text("view/tree.js") + script.text("view/views.js"))
    with subprocess.Popen([needs("node"), "-e", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as node:
        assert node.stdin
        assert node.stdout
        pipe_in, pipe_out = node.stdin, node.stdout

        def asked(profile: Folded, act: str) -> Any:
            document = json.loads(embedded.document(profile.meta, layout(profile).trie))
            pipe_in.write(json.dumps({"tree": document, "act": act}).encode() + b"\n")
            pipe_in.flush()
            return json.loads(pipe_out.readline())

        yield asked
        pipe_in.close()


def weights(told: list[list[Any]]) -> dict[str, float]:
    return {stack: weight for stack, weight, _ in told}


def model(profile: Folded, change: Callable[[list[str]], list[str]]) -> dict[str, float]:
    """The weights of changed stacks; those without weight are in no tree of the script's."""
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry, weight in profile.stacks.items():
        found[";".join(change(entry.split(";")))] += Decimal(weight)
    return {entry: pytest.approx(float(weight)) for entry, weight in found.items() if weight}


@given(profiles())
def test_the_tree_is_the_profile(ask: Ask, profile: Folded) -> None:
    assert weights(ask(profile, "tree")) == model(profile, list)


@given(profiles())
def test_callers_are_the_stacks_turned(ask: Ask, profile: Folded) -> None:
    wanted = model(Folded(profile.meta, turned(profile.stacks)), list)
    assert weights(ask(profile, "callersOf(tree)")) == wanted


@given(profiles())
def test_turning_twice_is_no_change(ask: Ask, profile: Folded) -> None:
    assert ask(profile, "callersOf(callersOf(tree))") == ask(profile, "wish({ hidden: new Set([-1]) })")


@given(profiles())
def test_hidden_functions_leave_their_callees(ask: Ask, profile: Folded) -> None:
    told = ask(profile, 'wish({ hidden: new Set([id("work")]) })')
    assert weights(told) == model(profile, lambda frames: [name for name in frames if name != "work"])


@given(profiles())
def test_merged_recursion_has_no_repeats(ask: Ask, profile: Folded) -> None:
    def once(frames: list[str]) -> list[str]:
        return [name for at, name in enumerate(frames) if not at or frames[at - 1] != name]

    assert weights(ask(profile, "wish({ merged: true })")) == model(profile, once)


@given(profiles())
def test_a_sandwich_weighs_the_stacks_with_its_function(ask: Ask, profile: Folded) -> None:
    wanted = float(sum(Decimal(weight) for entry, weight in profile.stacks.items() if "main" in entry.split(";")))
    whole = 'const made = sandwichOf(tree, id("main")); made.sides[0].total[0]'
    callers = """const made = sandwichOf(tree, id("main"));
        let sum = made.weights[0].own.length && 0;
        for (let i = 1; i < made.count; i++) if (made.level[i] === -1) sum += made.sides[0].total[i];
        sum"""
    assert ask(profile, whole) == pytest.approx(wanted)
    assert ask(profile, callers) <= wanted * (1 + 1e-9)


@given(profiles())
def test_the_table_has_every_weight_once(ask: Ask, profile: Folded) -> None:
    told = ask(profile, "functionsOf(tree, 0).map((row) => [names[row.name], row.self[0], row.total[0]])")
    selfs: defaultdict[str, Decimal] = defaultdict(Decimal)
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry, weight in profile.stacks.items():
        frames = entry.split(";")
        selfs[frames[-1]] += Decimal(weight)
        for name in {*frames}:
            totals[name] += Decimal(weight)
    for name, own, total in told:
        if name != "all":
            assert (own, total) == (pytest.approx(float(selfs[name])), pytest.approx(float(totals[name])))
    assert {name for name, *_ in told} - {"all"} == {*totals} - {"all"}
