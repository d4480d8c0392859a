"""What a frame's text tells: its function, file and module; a stack's: its thread."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from profiles import profiles
from resq_flame.folded import Folded, total
from resq_flame.report.grouping import NOWHERE, file, function, module, thread
from resq_flame.report.peek import peek

# frame, function, file, module
FRAMES = [
    ("hash_rows (app/service.py:22)", "hash_rows (app/service.py)", "app/service.py", "app/service"),
    ("Router.handle (/app/node_modules/express/lib/router.js:7:12)", None, None, "express"),
    ("get (/usr/lib/python3/site-packages/httpx/_client.py:9)", None, None, "httpx"),
    ("send (/app/node_modules/@fastify/send/index.js:1)", None, None, "@fastify/send"),
    ("_find_and_load (<frozen importlib._bootstrap>:1176)", None, "<frozen importlib._bootstrap>", None),
    ("readSync (node:fs:723)", "readSync (node:fs)", "node:fs", "node:fs"),
    ("(anonymous) (plain.js:1)", "(anonymous) (plain.js:1)", "plain.js", "plain"),
    ("<lambda> (a.py:4)", "<lambda> (a.py:4)", "a.py", "a"),
    ("libc.so.6`malloc", "libc.so.6`malloc", NOWHERE, "libc.so.6"),
    ("[libstdc++.so.6.0.30]", "[libstdc++.so.6.0.30]", NOWHERE, "libstdc++.so.6.0.30"),
    ("std::vector<a::b, c>::push(d::e const&)", "std::vector<a::b, c>::push(d::e const&)", NOWHERE, "std::vector"),
    ("net/http.(*conn).serve", "net/http.(*conn).serve", NOWHERE, "net/http"),
    ("main.(*T).run", "main.(*T).run", NOWHERE, "main"),
    ("main.hashRows", "main.hashRows", NOWHERE, "main"),
    ("com.shop.Orders.find", "com.shop.Orders.find", NOWHERE, "com.shop.Orders"),
    ("java/util/HashMap.get", "java/util/HashMap.get", NOWHERE, "java/util/HashMap"),
    ("operator new(unsigned long)", "operator new(unsigned long)", NOWHERE, NOWHERE),
    ("work", "work", NOWHERE, NOWHERE),
]


@pytest.mark.parametrize(("frame", "a_function", "a_file", "a_module"), FRAMES, ids=[row[0] for row in FRAMES])
def test_frames(frame: str, a_function: str | None, a_file: str | None, a_module: str | None) -> None:
    assert a_function in (None, function(frame))
    assert a_file in (None, file(frame))
    assert a_module in (None, module(frame))


@pytest.mark.parametrize(
    ("stack", "name"),
    [
        ("process 12:python;thread (0x7F01): io;main (a.py:3)", "thread (0x7F01): io"),
        ("thread (0x7F01);main", "thread (0x7F01)"),
        ("Web_Content;main;work", "Web_Content"),
        ("P12;T3;main", "P12"),
    ],
)
def test_threads(stack: str, name: str) -> None:
    assert thread(stack) == name


@given(profiles())
def test_callers_add_up_to_the_total_and_so_do_callees_with_self(profile: Folded) -> None:
    for one in peek(((entry, (weight,)) for entry, weight in profile.stacks.items()), 1, re.compile("")):
        assert total(weight[0] for weight in one.callers.values()) == one.total[0]
        assert total(weight[0] for weight in one.callees.values()) + one.self[0] == one.total[0]
