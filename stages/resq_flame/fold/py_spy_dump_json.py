"""``py-spy dump --json``: the stacks of one moment.

By py-spy 0.4.3, src/stack_trace.rs; cut:

    [{"pid": 21918, "thread_id": 140035765323456, "thread_name": "worker; 1", "os_thread_id": 21921, "active": true,
      "owns_gil": false, "frames": [{"name": "hash_rows", "filename": "/srv/work.py", "short_filename": "work.py",
      "module": null, "line": 5}, {"name": "handle", "short_filename": "work.py", "line": 16}], "process_info": null}]

The leaf comes first; native frames (--native) have line 0. One stack is one sample; idle threads are left out without
--idle, as in the text of ``py-spy dump``. --no-lines takes out the line numbers; --threads and --processes add the
root frames that py-spy's folded output has for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from resq_flame.fold.documents import json_document
from resq_flame.fold.documents.json_document import member
from resq_flame.fold.documents.json_tables import a_list, an_object, text
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names.frame_name import located
from resq_flame.fold.options import Options
from resq_flame.folded import Number


def sniff(head: bytes) -> bool:
    return {"[].os_thread_id", "[].owns_gil"} <= json_document.paths(head)


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[tuple[str, ...], Number]]:
    for found in a_list(json_document.load(stream), "the document"):
        thread = an_object(found, "a thread")
        frames = [_name(an_object(frame, "a frame"), options.lines) for frame in member(thread, "frames", list)]
        if thread.get("active") is False and not options.idle:
            ledger.drop("idle threads")
        elif frames:
            yield (*_roots(thread, options), *reversed(frames)), 1
        else:
            ledger.drop("threads without a frame")


def _roots(thread: dict[str, Any], options: Options) -> list[str]:
    roots = []
    if options.processes:
        process = thread.get("process_info")
        command = text(process.get("command_line")) if isinstance(process, dict) else ""
        roots.append(f'process {thread.get("pid")}:"{command}"')
    if options.threads:
        number = thread.get("os_thread_id") or thread.get("thread_id")
        roots.append(f"thread ({number}): {text(thread.get('thread_name'))}")
    return roots


def _name(frame: dict[str, Any], lines: bool | None) -> str:
    line = frame.get("line")
    file = text(frame.get("short_filename")) or text(frame.get("module")) or text(frame.get("filename"))
    return located(text(frame.get("name")), file, line if type(line) is int and lines is not False else 0)
