"""Callgrind's own notation: compressed names and positions, several events and parts, and who else writes it."""

from __future__ import annotations

import pytest

from captures import FIXTURES, beside, folding, selves, stacks
from resq_flame.fold.ledger import OptionError, ProfileError
from resq_flame.folded import total

MAIN = FIXTURES / "callgrind/callgrind-3.19-main.out"
CACHE = FIXTURES / "callgrind/callgrind-3.19-instr-cache.out"

XDEBUG = b"""version: 1
creator: xdebug 3.1.2 (PHP 8.1.2)
cmd: /srv/app/index.php
part: 1
positions: line

events: Time_(10ns) Memory_(bytes)

fl=(1) php:internal
fn=(1) php::str_repeat
5 12 416

fl=(2) /srv/app/index.php
fn=(2) {main}
1 100 32
cfl=(1)
cfn=(1)
calls=1 0 0
5 12 416

summary: 112 448
"""


def test_uncompressed_names_and_addresses_make_the_same_stacks() -> None:
    assert beside(CACHE).read_bytes() == beside(MAIN).read_bytes()


def test_the_total_is_callgrinds_own() -> None:
    text = MAIN.read_text()
    totals = int(next(line for line in text.splitlines() if line.startswith("totals:")).split()[1])
    assert total(folding(MAIN)[0].stacks.values()) == totals


def test_an_event_by_its_name() -> None:
    profile, ledger = folding(CACHE, event="D1mw")
    assert profile.meta.unit == "D1mw"
    assert selves(profile).most_common(1)[0][0] == "__memset_avx2_unaligned_erms"
    assert "has the events Ir, Dr, Dw" in ledger.notes[0]
    with pytest.raises(OptionError, match="Ir, Dr, Dw"):
        folding(CACHE, event="cycles")


def test_xdebug_counts_tens_of_nanoseconds() -> None:
    profile, _ = folding(XDEBUG)
    assert profile.meta.unit == "nanoseconds"
    assert profile.stacks == {"{main}": 1000, "{main};php::str_repeat": 120}
    assert stacks(XDEBUG, sample_type="Memory_(bytes)") == {"{main}": 32, "{main};php::str_repeat": 416}


def test_parts_add_up() -> None:
    assert stacks(b"events: Ir\nfn=(1) main\n1 5\n\npart: 2\nevents: Ir\nfn=(1)\n+2 7\n") == {"main": 12}


def test_costs_at_the_end_of_a_line_may_be_missing() -> None:
    assert stacks(b"events: Ir Dr\nfn=main\n1 5\n* 2 3\n", event="Dr") == {"main": 3}


def test_a_function_without_a_name_is_its_address_in_its_file() -> None:
    assert stacks(b"events: Ir\nob=/usr/lib/ld-2.36.so\nfn=0x00000000001090\n1 5\n") == {"ld-2.36.so+0x1090": 5}


@pytest.mark.parametrize("damaged", [b"events: Ir\n12 5\n", b"events: Ir\nfn=main\n1 5x\n", b"fn=main\n# no event\n"])
def test_refused(damaged: bytes) -> None:
    with pytest.raises(ProfileError, match="expected"):
        folding(damaged, "callgrind")
