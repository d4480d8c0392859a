"""Profiles drawn by lot: a program whose every cost is known, run some times before and some times after a change.

Each run, every function takes its time give or take ``spread``; then so many samples are drawn of it.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from random import Random

from resq_flame.folded import Differential, Meta, Stack

TARGET = "target"
"""The function that a change may make slower: a leaf that takes a tenth of the time."""

SHARE = 0.1


@dataclass(frozen=True)
class Program:
    """How many functions, in a call tree three wide, with costs as 1, 1/2, 1/3, …; how much those vary between runs.

    ``clump`` samples in a row see the same stack.
    """

    functions: int = 200
    spread: float = 0.03
    samples: int = 3000
    clump: int = 1

    def costs(self) -> dict[Stack, float]:
        """Self time by stack, 1 in all."""
        stacks = ["f0"]
        for number in range(1, self.functions - 1):
            stacks.append(f"{stacks[(number - 1) // 3]};f{number}")
        whole = sum(1 / (place + 1) for place in range(len(stacks)))
        costs = {stack: (1 - SHARE) / (place + 1) / whole for place, stack in enumerate(stacks)}
        return costs | {f"{stacks[len(stacks) // 6]};{TARGET}": SHARE}

    def run(self, random: Random, slower: float = 1.0) -> Counter[Stack]:
        """One round, the target ``slower`` by that factor."""
        weights = [
            cost * math.exp(self.spread * random.gauss(0, 1)) * (slower if stack.endswith(TARGET) else 1.0)
            for stack, cost in self.costs().items()
        ]
        drawn = random.choices(list(self.costs()), weights, k=self.samples // self.clump)
        return Counter({stack: count * self.clump for stack, count in Counter(drawn).items()})

    def compare(self, seed: int, rounds: int, slower: float = 1.0) -> Differential:
        """So many rounds a side, the target slower after; the seed decides everything."""
        random = Random(seed)
        columns = [self.run(random) for _ in range(rounds)] + [self.run(random, slower) for _ in range(rounds)]
        stacks = {stack: tuple(column[stack] for column in columns) for stack in self.costs()}
        return Differential(Meta(columns=("before",) * rounds + ("after",) * rounds), stacks)
