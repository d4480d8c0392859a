"""What ``go tool pprof -traces`` prints."""

from __future__ import annotations

from captures import folding, stacks

RULE = "-----------+-------------------------------------------------------\n"


def traces(*samples: str, kind: str = "cpu") -> bytes:
    return f"File: app\nType: {kind}\nTime: 2026-11-27 22:44:21 UTC\n{RULE}{RULE.join(samples)}{RULE}".encode()


CALLED = """\
  endpoint:  /a b;c
      10ms   main.hash /srv/main.go:5
             main.main /srv/main.go:17 (inline)
"""


def test_labels_are_no_frames() -> None:
    profile, ledger = folding(traces(CALLED, "     1.50s   main.main\n", "         0   main.main\n"))
    assert profile.meta.unit == "nanoseconds"
    assert profile.stacks == {"main.main;main.hash": 10_000_000, "main.main": 1_500_000_000}
    assert ledger.dropped == {"samples of no weight": (1, 0)}


def test_lines_where_they_were_printed() -> None:
    assert next(iter(stacks(traces(CALLED), lines=True))).endswith("main.hash (main.go:5)")


def test_bytes_and_inlined_functions() -> None:
    given = traces(
        "     bytes:  8kB\n  518.02kB   main.render (partial-inline)\n             main.main\n", kind="space"
    )
    profile, _ = folding(given)
    assert (profile.meta.unit, profile.stacks) == ("bytes", {"main.main;main.render": 530452})
