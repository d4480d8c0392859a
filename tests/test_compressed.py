from __future__ import annotations

import gzip
import io
import random
from pathlib import Path

import pytest
import zstandard

from resq_flame.compressed import CorruptError, peel

TEXT = b"".join(b"main;work%d %d\n" % (at, at) for at in range(2000))
GZIPPED = gzip.compress(TEXT)
ZSTD = zstandard.ZstdCompressor(write_checksum=True).compress(TEXT)
UNSIZED = zstandard.ZstdCompressor(write_content_size=False).compress(TEXT)


def peeled(data: bytes, **options: int) -> bytes:
    return peel(io.BytesIO(data), "a.gz", **options).read()


WHOLE = {
    "as it is": TEXT,
    "gzip": GZIPPED,
    "zstd": ZSTD,
    "zstd without its size": UNSIZED,
    "gzip in gzip": gzip.compress(GZIPPED),
    "zstd in gzip": gzip.compress(ZSTD),
    "gzip in zstd in gzip": gzip.compress(zstandard.compress(GZIPPED)),
    "gzip in two parts": gzip.compress(TEXT[:500]) + gzip.compress(TEXT[500:]),
    "zstd in two parts": zstandard.compress(TEXT[:500]) + zstandard.compress(TEXT[500:]),
    "gzip filled up with zeros": GZIPPED + bytes(512),
}


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE)
def test_whole(data: bytes) -> None:
    assert peeled(data) == TEXT


@pytest.mark.parametrize("data", [b"", b"\x1f", b"\x1f\x8b", b"a"])
def test_short_inputs_are_not_compressed(data: bytes) -> None:
    assert peeled(data) == data


def test_nothing_compressed_is_nothing() -> None:
    assert peeled(gzip.compress(b"")) == b""
    assert peeled(zstandard.compress(b"")) == b""


def test_the_fourth_layer_stays() -> None:
    assert peeled(gzip.compress(gzip.compress(gzip.compress(GZIPPED)))) == GZIPPED


def test_the_head_can_be_peeked_at() -> None:
    assert peel(io.BytesIO(GZIPPED), "a.gz").peek(4)[:4] == TEXT[:4]


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(ZSTD)
    with (tmp_path / "a").open("rb") as file:
        assert list(peel(file, "a")) == TEXT.splitlines(keepends=True)


@pytest.mark.parametrize(
    "data", [GZIPPED, ZSTD, UNSIZED, gzip.compress(ZSTD)], ids=["gzip", "zstd", "unsized", "nested"]
)
def test_cut_short(data: bytes) -> None:
    for end in range(20, len(data), 10):
        with pytest.raises(CorruptError, match=r"^a.gz: the compressed data (ends|is)"):
            peeled(data[:end])


@pytest.mark.parametrize("data", [GZIPPED, ZSTD], ids=["gzip", "zstd"])
def test_bytes_changed(data: bytes) -> None:
    dice = random.Random(3)
    for _ in range(200):
        damaged = bytearray(data)
        damaged[dice.randrange(4, len(data))] ^= 1 << dice.randrange(8)
        try:
            assert peeled(bytes(damaged)) == TEXT  # a change in the name or time of a gzip header says nothing
        except CorruptError as error:
            assert str(error).startswith("a.gz: ")


def test_something_behind_the_end_is_damage() -> None:
    with pytest.raises(CorruptError, match="damaged"):
        peeled(GZIPPED + b"and more")


@pytest.mark.parametrize("data", [GZIPPED, ZSTD, gzip.compress(GZIPPED)], ids=["gzip", "zstd", "nested"])
def test_the_limit(data: bytes) -> None:
    assert peeled(data, limit=len(TEXT)) == TEXT
    with pytest.raises(CorruptError, match="grows too large"):
        peeled(data, limit=len(TEXT) - 1)


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_a_bomb_takes_no_memory(compress) -> None:  # type: ignore[no-untyped-def]  # either compressor
    stream = peel(io.BytesIO(compress(compress(bytes(1 << 26)))), "bomb", limit=1 << 22)
    with pytest.raises(CorruptError, match="grows too large"):
        while stream.read(1 << 16):
            pass
