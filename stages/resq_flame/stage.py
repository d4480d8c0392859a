"""What every stage shares: opening input and output, messages, exit codes.

Exit 0 done, 1 bad input or a source that failed, 2 bad usage, 3 the gate found a regression. A stage raises
``StageError`` with one line that says where, what was expected, what was found, what to do; ``run`` prints it.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import signal
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BufferedReader
from typing import BinaryIO, NoReturn

from resq_flame import compressed, folded, messages, progress
from resq_flame.messages import detail as detail  # a stage finds all it shares here
from resq_flame.messages import say as say
from resq_flame.parser import USAGE as USAGE
from resq_flame.parser import Parser as Parser

OK, FAILED, REGRESSION = 0, 1, 3
STDIO = "-"

_PICTURE = (b"<?xml", b"<svg", b"<!DOCTYPE html")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_HEAD = 64  # bytes that tell a picture from text


class StageError(Exception):
    """The one line a user sees when a stage cannot do its work. Exit 1."""


class EmptyError(StageError):
    """There is no stack in the input of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}: expected at least one stack, found none (--allow-empty accepts that)")


class UsageError(StageError):
    """The flags are well-formed, but do not fit together or do not fit what they name. Exit 2."""


def run(
    prog: str,
    doc: str,
    arguments: Callable[[argparse.ArgumentParser], None],
    work: Callable[[argparse.Namespace], int | None],
    argv: Sequence[str] | None = None,
) -> int:
    """Parse ``argv``, do the ``work`` and turn whatever happens into an exit code and at most one line."""
    parser = Parser(prog, doc)
    arguments(parser)
    options = parser.parse_args(sys.argv[1:] if argv is None else argv)
    messages.begin(prog, getattr(options, "level", messages.Level.NORMAL))
    return guarded(prog, lambda: work(options))


def guarded(prog: str, work: Callable[[], int | None]) -> int:
    """Do the ``work`` under the contract: one error line, quiet on a closed pipe, clean on Ctrl-C and SIGTERM."""
    start = time.monotonic()
    try:
        with contextlib.suppress(ValueError):  # not the main thread: whoever runs it there handles signals
            signal.signal(signal.SIGTERM, _terminate)
        code = work() or OK
        if sys.stdout is not None:
            sys.stdout.flush()
        detail(prog, f"done in {time.monotonic() - start:.2f} s")
        return code
    except BrokenPipeError:  # resq-fold < big.txt | head -1
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:
        if os.environ.get("RESQ_FLAME_DEBUG"):
            raise
        messages.error(prog, _line(error))
        return USAGE if isinstance(error, UsageError) else FAILED


def add_input(parser: argparse.ArgumentParser, awaited: str) -> None:
    """FILE, or stdin. ``awaited`` says what it should hold."""
    parser.add_argument("file", nargs="?", default=STDIO, metavar="FILE", help=f"{awaited} (default: stdin)")


def add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", default=STDIO, metavar="FILE", help="where to write (default: stdout)")


def add_folded_output(parser: argparse.ArgumentParser) -> None:
    """The flags of a stage that writes a folded stream."""
    add_output(parser)
    parser.add_argument("--no-header", action="store_true", help="leave out the line that carries the unit")
    add_allow_empty(parser)


def add_allow_empty(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--allow-empty", action="store_true", help="a profile without any stack is no error")


def name_of(path: str) -> str:
    """How messages call an input."""
    return "<stdin>" if path == STDIO else path


@contextlib.contextmanager
def open_input(prog: str, path: str, awaited: str) -> Iterator[BufferedReader]:
    """The bytes of a file, FIFO or stdin, gzip and zstd peeled. Says what is awaited when that is a terminal."""
    detail(prog, f"reads {name_of(path)}")
    if path == STDIO:
        if sys.stdin is None or sys.stdin.closed:
            raise StageError(f"<stdin>: expected {awaited}, found it closed")
        if sys.stdin.isatty():
            say(prog, f"waiting for {awaited} on stdin (Ctrl-D ends it, {prog} --help tells more)")
        yield compressed.peel(sys.stdin.buffer, name_of(path))
        return
    with open(path, "rb") as file, progress.reading(prog, file):
        yield compressed.peel(file, path)


def read_folded(
    prog: str, path: str, *, differential: bool = False, allow_empty: bool = False
) -> folded.Folded | folded.Differential:
    """The folded stream of a file or stdin, or the profile that an SVG of ours holds.

    What could not be read is said, nothing readable is a StageError.
    """
    with open_input(prog, path, "folded stacks") as stream:
        if stream.peek(_HEAD)[:_HEAD].lstrip().startswith(_PICTURE):
            return _embedded(name_of(path), stream.read(), allow_empty)
        return parse_folded(prog, name_of(path), stream, differential=differential, allow_empty=allow_empty)


def _embedded(name: str, picture: bytes, allow_empty: bool) -> folded.Folded | folded.Differential:
    from resq_flame import embedded  # most inputs are text

    try:
        profile = embedded.extract(picture)
    except folded.FoldedError as error:
        raise StageError(f"{name}: {error} (resq-fold reads those of other tools)") from None
    check_not_empty(name, profile, allow_empty)
    return profile


def parse_folded(
    prog: str, name: str, stream: Iterable[bytes], *, differential: bool = False, allow_empty: bool = False
) -> folded.Folded | folded.Differential:
    """The same of a stream that is open, under its name for messages."""
    try:
        profile = folded.parse(stream, differential=differential)
    except folded.FoldedError as error:
        raise StageError(f"{name}:{error}") from None
    check_unread(prog, name, profile.unread, profile.first_unread, bool(profile.stacks))
    check_not_empty(name, profile, allow_empty)
    return profile


def check_unread(prog: str, name: str, unread: int, first: str, any_stack: bool) -> None:
    """Say how many lines were no stacks, and which was the first; raise StageError where that is all there was."""
    if unread and not any_stack:
        raise StageError(f"{name}:{first} (resq-fold turns other profiles into folded stacks)")
    if unread:
        say(prog, f"{name}: left out {unread} lines that are no stacks, the first: {first}")


def check_not_empty(name: str, profile: folded.Folded | folded.Differential, allow_empty: bool) -> None:
    if not profile.stacks and not allow_empty:
        raise EmptyError(name)


@contextlib.contextmanager
def open_output(path: str, *, binary: bool = False) -> Iterator[BinaryIO]:
    """Where a stage writes: stdout, or a file that appears whole or not at all.

    A regular file is written as a temporary neighbour, synced and renamed; a failure leaves the old one as it was.
    Pipes and devices are written as they are. ``binary`` data is kept off a terminal.
    """
    if path == STDIO:
        if sys.stdout is None:
            raise StageError("<stdout>: expected somewhere to write, found it closed")
        if binary and sys.stdout.isatty():
            raise UsageError("this output is binary: give it a file with --output, or a pipe")
        with _naming("<stdout>"):
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        return
    check_output(path)
    with _naming(path), open(path, "wb") if _is_device(path) else _replacing(os.path.realpath(path)) as file:
        yield file


@contextlib.contextmanager
def _naming(path: str) -> Iterator[None]:
    """A full disk is said with the name of the output; the system's own message has none."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno in _FULL:
            raise StageError(f"{path}: {error.strerror}") from error
        raise


def check_output(path: str) -> None:
    """Raise StageError for a file that ``open_output`` could not make, before the work for it is done."""
    if path == STDIO or _is_device(path):
        return
    if os.path.isdir(path):
        raise StageError(f"{path}: expected a file to write, found a directory")
    folder = os.path.dirname(os.path.realpath(path))
    if not os.path.isdir(folder):
        raise StageError(f"{path}: expected an existing folder to write to, found none")
    if not os.access(folder, os.W_OK):
        raise StageError(f"{path}: expected a folder to write to, found one that does not permit it")


def _is_device(path: str) -> bool:
    """Whether it is a pipe or a device. By its own name: where /dev/stdout and >(…) lead to has none that opens."""
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


def write(path: str, chunks: Iterable[bytes], *, binary: bool = False) -> None:
    """Write all ``chunks`` to stdout or a file, as ``open_output`` does."""
    with open_output(path, binary=binary) as out:
        out.writelines(chunks)


@contextlib.contextmanager
def _replacing(target: str) -> Iterator[BinaryIO]:
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(target):
            os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(temporary, target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)


def _line(error: Exception) -> str:
    if isinstance(error, StageError):
        return str(error)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        if isinstance(error, FileNotFoundError) and not where:  # os.getcwd() names nothing
            where = "the current folder: "
        return f"{where}{error.strerror or error}"
    if isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("resq_flame"):
        return f"this needs the package {error.name}, which is not installed (pip install resq-flame brings it)"
    if isinstance(error, MemoryError):
        return "out of memory"
    return f"this is a bug: {type(error).__name__}: {error} (RESQ_FLAME_DEBUG=1 shows where; please report it)"


def _terminate(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)
