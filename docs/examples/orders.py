"""Imports batches of orders: parse, leave out what came twice, add up by customer. Something in it is slow."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BATCH = 600


@dataclass(frozen=True)
class Order:
    number: int
    customer: str
    cents: int


def receive(chance: random.Random) -> list[str]:
    """A batch as it comes over the wire; one order in twenty comes twice."""
    numbers = [chance.randrange(20 * BATCH) for _ in range(BATCH)]
    return [json.dumps({"number": n, "customer": f"c{n % 97}", "cents": n * 31 % 5000}) for n in numbers]


def parse(lines: Iterable[str]) -> Iterator[Order]:
    for line in lines:
        yield Order(**json.loads(line))


def unique(orders: Iterable[Order]) -> list[Order]:
    seen = []
    for order in orders:
        if order not in seen:
            seen.append(order)
    return list(seen)


def totals(orders: Iterable[Order]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for order in orders:
        sums[order.customer] = sums.get(order.customer, 0) + order.cents
    return sums


def report(sums: dict[str, int]) -> str:
    return "\n".join(f"{customer:>8} {cents / 100:10.2f}" for customer, cents in sorted(sums.items()))


def import_batch(chance: random.Random) -> str:
    return report(totals(unique(parse(receive(chance)))))


def main(seconds: float) -> None:
    chance, end, batches = random.Random(1), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        import_batch(chance)
        batches += 1
    print(f"{batches} batches, {batches / seconds:.0f} a second")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 3)
