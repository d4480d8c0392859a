"""How quantities are written for people: ``1,234 samples``, ``2.41 s``, ``12.5 MiB``, ``3.2 %``."""

from __future__ import annotations

from resq_flame.folded import Number

_SECONDS = {"nanoseconds": 1e-9, "microseconds": 1e-6, "milliseconds": 1e-3, "seconds": 1.0}
_TIMES = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
_BYTES = ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))


def quantity(value: Number, unit: str) -> str:
    """A weight with its unit: times and bytes in the size that reads best, everything else counted out."""
    if unit in _SECONDS or unit == "bytes":
        return amount(value, unit)
    return f"{amount(value, unit)} {'sample' if value == 1 and unit == 'samples' else unit}"


def amount(value: Number, unit: str) -> str:
    """The same without the name of what is counted: ``2.41 s``, but ``1,234``."""
    if unit in _SECONDS:
        return _time(float(value) * _SECONDS[unit])
    return _bytes(float(value)) if unit == "bytes" else counted(value)


def counted(value: Number) -> str:
    """A number with thousands set off: ``1,234`` or ``12.5``."""
    return f"{value:,}" if isinstance(value, int) else f"{float(value):,.10g}"


def plural(count: int, noun: str) -> str:
    """``1 stack``, ``1,234 stacks``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def share(part: Number, whole: Number) -> float:
    """``part`` of ``whole`` in percent; of nothing it is 0."""
    return 100 * float(part) / float(whole) if whole else 0.0


def _time(seconds: float) -> str:
    if not seconds:
        return "0 s"
    # 0.99951 s reads "1 s" in three digits, not "1e+03 ms"
    size, name = next(((size, name) for size, name in _TIMES if abs(seconds) >= size * 0.9995), (1e-9, "ns"))
    return f"{seconds / size:,.3g} {name}" if abs(seconds) < 999.5 else f"{seconds:,.0f} s"


def _bytes(amount: float) -> str:
    size, name = next(((size, name) for size, name in _BYTES if abs(amount) >= size), (1, "B"))
    return f"{amount / size:,.4g} {name}"
