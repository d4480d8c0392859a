"""The distributions against tables, the noise against what was put in, and what the whole finds in simulated runs."""

from __future__ import annotations

import math

import pytest

from resq_flame.report.changes import Changes, changes
from resq_flame.statistics import noise
from resq_flame.statistics.comparison import compare
from resq_flame.statistics.noise import Rounds
from resq_flame.statistics.tails import incomplete_beta, normal_tail, t_quantile, t_tail, two_sided
from simulation import TARGET, Program

COMPARISONS = 120


@pytest.mark.parametrize(
    ("degrees", "tail", "t"),
    [  # a table of critical values, as any textbook has it
        (1, 0.025, 12.706),
        (2, 0.005, 9.925),
        (4, 0.025, 2.776),
        (10, 0.05, 1.812),
        (30, 0.0005, 3.646),
        (120, 0.025, 1.980),
        (math.inf, 0.025, 1.960),
        (math.inf, 0.00003, 4.013),
    ],
)
def test_t_as_in_tables(degrees: float, tail: float, t: float) -> None:
    assert t_quantile(tail, degrees) == pytest.approx(t, abs=0.0006)
    assert t_tail(t, degrees) == pytest.approx(tail, rel=0.003)


@pytest.mark.parametrize("t", [0.1, 1.0, 5.0, 40.0])
def test_t_with_two_degrees_has_a_closed_form(t: float) -> None:
    assert t_tail(t, 2) == pytest.approx(1 / ((t + math.sqrt(t * t + 2)) * math.sqrt(t * t + 2)), rel=1e-10)
    assert t_tail(-t, 2) == pytest.approx(1 - t_tail(t, 2))


def test_t_with_many_degrees_is_normal() -> None:
    assert t_tail(3.0, 1e5) == pytest.approx(normal_tail(3.0), rel=1e-3)
    assert two_sided(0.0, 5) == 1.0


@pytest.mark.parametrize(("a", "b", "x"), [(2, 3, 0.4), (10, 1, 0.9), (0.5, 0.5, 0.25), (300, 700, 0.31)])
def test_incomplete_beta_mirrors(a: float, b: float, x: float) -> None:
    assert incomplete_beta(a, b, x) == pytest.approx(1 - incomplete_beta(b, a, 1 - x), abs=1e-12)


def test_incomplete_beta_counts_coins() -> None:
    heads = sum(math.comb(20, k) for k in range(14, 21)) / 2**20
    assert incomplete_beta(14, 7, 0.5) == pytest.approx(heads, rel=1e-12)


def sides(rounds: int, samples: float = 3000) -> Rounds:
    return Rounds((samples,) * 2 * rounds, (False,) * rounds + (True,) * rounds)


def test_equal_sides_show_nothing() -> None:
    found = compare([(300.0, 310.0, 300.0, 310.0), (0.0, 20.0, 20.0, 0.0)], sides(2))
    assert [test.p for test in found.tests] == [1.0, 1.0]


def test_a_vanished_function_is_significant() -> None:
    vanished, rest = compare([(300.0, 310.0, 0.0, 0.0), (2700.0, 2690.0, 3000.0, 3000.0)], sides(2)).tests
    assert vanished.significant
    assert vanished.high < 0
    assert rest.change == pytest.approx(-vanished.change)


def test_too_few_samples_are_not_tested() -> None:
    assert not compare([(0.0, 4.0)], sides(1)).tests[0].tested


def test_one_sample_more_is_no_change_in_one_round_and_many() -> None:
    assert not any(test.significant for test in compare([(30.0, 41.0), (500.0, 520.0)], sides(1)).tests)


def test_equal_rows_are_one_hypothesis() -> None:
    once = compare([(100.0, 160.0), (400.0, 410.0)], sides(1))
    often = compare([(100.0, 160.0)] * 50 + [(400.0, 410.0)], sides(1))
    assert often.tests[0] == once.tests[0]


def test_one_round_assumes_and_many_measure() -> None:
    program = Program(spread=0.2, samples=20000)
    assert found(program, 1, rounds=1).noise.spread == noise.ASSUMED_SPREAD
    assert found(program, 1, rounds=5).noise.spread == pytest.approx(0.2, rel=0.2)


def test_clumps_are_seen() -> None:
    assert found(Program(clump=4, spread=0.0, samples=12000), 1, rounds=5).noise.sampling == pytest.approx(4, rel=0.2)


def test_more_rounds_would_tell() -> None:
    few = compare([(300.0, 360.0)], sides(1))
    assert not few.tests[0].significant
    rounds = math.ceil(few.more(few.tests[0]))
    assert compare([(300.0,) * rounds + (360.0,) * rounds], sides(rounds)).tests[0].significant


def found(program: Program, seed: int, rounds: int, slower: float = 1.0):
    comparison = changes(program.compare(seed, rounds, slower)).comparison
    assert comparison is not None
    return comparison


def alarm(all_changes: Changes) -> bool:
    return any(one.significant for one in all_changes.functions)


@pytest.mark.parametrize("rounds", [1, 3, 5])
@pytest.mark.parametrize(
    "program",
    [Program(), Program(spread=0.1), Program(functions=8, samples=1000), Program(clump=2, samples=4000)],
    ids=["3 %", "10 %", "8 functions", "clumps"],
)
def test_no_change_raises_no_alarm_in_19_of_20_comparisons(program: Program, rounds: int) -> None:
    alarms = sum(alarm(changes(program.compare(seed, rounds))) for seed in range(COMPARISONS // rounds + 20))
    assert alarms <= 0.05 * (COMPARISONS // rounds + 20)


def test_a_tenth_that_takes_1_3_times_as_long_is_found_in_95_of_100() -> None:
    hits = 0
    for seed in range(60):
        one = next(one for one in changes(Program().compare(seed, 5, 1.3)).functions if one.name == TARGET)
        hits += one.self.significant and one.self.points > 0
    assert hits >= 0.95 * 60


@pytest.mark.parametrize("factor", [0.3, 3.0])
def test_what_a_changed_function_does_to_the_shares_of_others_is_not_taken_for_their_change(factor: float) -> None:
    """Their shares grow by 8 %, and shrink by 17 %."""
    wrong = shifted = 0
    for seed in range(20):
        found = {one.name: one.self for one in changes(Program(samples=10000).compare(seed, 5, factor)).functions}
        assert found.pop(TARGET).significant
        wrong += any(one.significant for one in found.values())
        shifted += any(one.shifted for one in found.values())
    assert wrong <= 1
    assert shifted >= 5


def test_the_interval_covers_the_true_change_in_95_of_100() -> None:
    true = 100 * (0.13 / 1.03 - 0.1)
    covered = 0
    for seed in range(60):
        one = next(one for one in changes(Program().compare(seed, 3, 1.3)).functions if one.name == TARGET)
        assert one.self.test is not None
        covered += 100 * one.self.test.low <= true <= 100 * one.self.test.high
    assert covered >= 54
