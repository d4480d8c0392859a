"""V8's CPU profile: ``node --cpu-prof``, ``node:inspector``, Chrome's DevTools, Bun.

By the Chrome DevTools protocol, ``Profiler.Profile``; one of Node 20.20, cut:

    {"nodes":[{"id":1,"callFrame":{"functionName":"(root)","url":"","lineNumber":-1},"children":[2,9]},
      {"id":2,"callFrame":{"functionName":"hotLoop","url":"file:///app/plain.js","lineNumber":1},"children":[]}],
     "startTime":9060350166,"endTime":9063457330,"samples":[2,2,1],"timeDeltas":[1100,1091,1105]}

also inside an inspector's reply, ``{"id":4,"result":{"profile":…}}``. Until Chrome 57 it was a tree under ``head``
with ``timestamps``, its ends in seconds.

Weights are microseconds. ``timeDeltas[0]`` is the gap before sample 0, so sample i lasts ``timeDeltas[i+1]`` and the
last one until ``endTime``; a negative delta (seen in a profile of tsc) lasts nothing. A frame is the function's name;
an anonymous one, which would be like any other, also has its file and line (--lines: all have, --no-lines: none has).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, BinaryIO

from resq_flame.fold.documents import json_document
from resq_flame.fold.documents.json_document import described, member, number
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.names.frame_name import located
from resq_flame.fold.options import Options
from resq_flame.folded import Number, Stack, clean, total

# Where the profile may be in the document: alone, in a reply of the inspector or of a service, in an event of it.
_WRAPPINGS = ("", "profile.", "result.", "result.profile.", "params.profile.")

_ANONYMOUS = "(anonymous)"


def sniff(head: bytes) -> bool:
    paths = json_document.paths(head)
    return any(
        f"{at}nodes[].callFrame" in paths
        or {f"{at}samples", f"{at}timeDeltas"} <= paths
        or {f"{at}head.functionName", f"{at}head.hitCount"} <= paths
        for at in _WRAPPINGS
    )


def fold(stream: BinaryIO, options: Options, ledger: Ledger) -> dict[Stack, Number]:
    """The microseconds of each stack. Raises ProfileError where the document is no CPU profile."""
    return folded(_unwrapped(json_document.load(stream)), options, ledger)


def folded(profile: dict[str, Any], options: Options, ledger: Ledger) -> dict[Stack, Number]:
    """The microseconds of each stack of one profile (``nodes``, ``samples``, ``timeDeltas``, ``endTime``)."""
    ledger.unit = "microseconds"
    nodes, parents = _nodes(profile)
    frames = {key: _frame(node, options.lines) for key, node in nodes.items()}
    stacks: dict[Stack, Number] = {}
    for key, (count, weight) in _weights(profile, ledger).items():
        if key not in nodes:
            raise ProfileError(f"expected a node with the id {key}, found none: damaged?")
        stack = ";".join([frame for at in _path(key, parents) if (frame := frames[at])])
        if stack == "(idle)" and not options.idle:
            ledger.drop("idle samples", weight, count)
        elif not stack:
            ledger.drop("samples at (root)", weight, count)
        else:
            stacks[stack] = stacks.get(stack, 0) + weight
    return stacks


def _unwrapped(document: Any) -> dict[str, Any]:
    for wrapping in _WRAPPINGS:
        found = document
        for key in wrapping.split(".")[:-1]:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, dict) and not found.keys().isdisjoint(("nodes", "head")):
            return found
    raise ProfileError(f'expected an object with "nodes", "samples" and "timeDeltas", found {described(document)}')


def _nodes(profile: dict[str, Any]) -> tuple[dict[int, dict[str, Any]], dict[int, int]]:
    """The nodes by id, and the id of each one's parent."""
    nodes: dict[int, dict[str, Any]] = {}
    parents: dict[int, int] = {}
    waiting = list(member(profile, "nodes", list)) if "nodes" in profile else [member(profile, "head", dict)]
    for node in waiting:
        key = _id(node)
        if not isinstance(node, dict) or key in nodes:
            raise ProfileError(f"expected nodes that each have an id of their own, found two with {key}")
        nodes[key] = node
        for child in member(node, "children", list) if node.get("children") else ():
            parents[_id(child)] = key
            if isinstance(child, dict):  # the old form: the nodes themselves, so the list grows as it is read
                waiting.append(child)
        if "parent" in node:  # as in the chunks of a Chrome trace
            parents[key] = _id(node["parent"])
    return nodes, {child: parent for child, parent in parents.items() if parent in nodes}


def _id(node: object) -> int:
    """The id of a node, given as itself or by its id."""
    key = node.get("id") if isinstance(node, dict) else node
    if not isinstance(key, int):
        raise ProfileError(f"expected the id of a node, found {described(key)}")
    return key


def _path(key: int, parents: dict[int, int]) -> list[int]:
    """The nodes from the root to this one."""
    path = [key]
    while (parent := parents.get(path[-1])) is not None:
        if len(path) > len(parents):
            raise ProfileError(f"expected a tree of nodes, found that node {key} is below itself")
        path.append(parent)
    return path[::-1]


def _frame(node: dict[str, Any], lines: bool | None) -> str:
    """The clean name of a node; nothing for (root)."""
    old = "callFrame" not in node
    call_frame = node if old else member(node, "callFrame", dict)
    name = call_frame.get("functionName")
    if name == "(root)":
        return ""
    url, line = call_frame.get("url"), call_frame.get("lineNumber")
    if lines or (lines is None and not name):
        above = 0 if old else 1  # lines count from 0, in the old form from 1
        file = url if isinstance(url, str) else ""
        return clean(located(str(name or _ANONYMOUS), file, line + above if isinstance(line, int) else 0))
    return clean(str(name or _ANONYMOUS))


def _weights(profile: dict[str, Any], ledger: Ledger) -> dict[int, tuple[int, Number]]:
    """How many samples each node has, and how long they lasted."""
    ids = member(profile, "samples", list)
    weights: dict[int, tuple[int, Number]] = {}
    negative = 0
    for node, lasted in zip(ids, _durations(profile, len(ids)), strict=True):
        negative += lasted < 0
        key = _id(node)
        count, weight = weights.get(key, (0, 0))
        weights[key] = count + 1, weight + max(lasted, 0)
    if negative:
        ledger.note(f"{negative} samples last less than nothing by their time deltas: counted as 0")
    return weights


def _durations(profile: dict[str, Any], count: int) -> list[Number]:
    """How many microseconds each sample lasts, by the samples' own times; may be negative."""
    old = "timeDeltas" not in profile
    times = _numbers(member(profile, "timestamps" if old else "timeDeltas", list))
    if len(times) not in (count, count + 1):
        raise ProfileError(f"expected as many times as samples ({count}), found {len(times)}")
    lasting = [after - before for before, after in pairwise(times)] if old else times[1:]
    if len(lasting) < count:
        lasting.append(_last(profile, times, old=old))
    return lasting  # times that are one more than the samples (node 10) say themselves when the last one ended


def _last(profile: dict[str, Any], times: list[Number], *, old: bool) -> Number:
    """How long the last sample lasts, to the microsecond: Bun's ends are floats, too large ones for more digits."""
    end = number(profile.get("endTime"), "endTime")
    if not old:
        return round(end - number(profile.get("startTime"), "startTime") - total(times))
    in_seconds = end * 1000 < times[0]
    return round(end * (1_000_000 if in_seconds else 1) - times[-1])


def _numbers(found: list[Any]) -> list[Number]:
    if set(map(type, found)) <= {int}:
        return found
    return [number(entry, "a time") for entry in found]
