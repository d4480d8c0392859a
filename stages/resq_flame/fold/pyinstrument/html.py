"""pyinstrument's page: ``pyinstrument -r html``.

By pyinstrument 5.1.3, renderers/html.py; one line:

    const sessionData = {"session": {…}, "frame_tree": {"identifier": "main\\u0000work.py\\u000030", "time": 1.01,
        "attributes": {"cShop": 1.01, "l83": 1.01}, "children": [{…}]}};

Before version 4.6 it held the JSON of ``-r json`` instead.
"""

from __future__ import annotations

from typing import Any

from resq_flame.fold.documents import json_in_page
from resq_flame.fold.documents.json_document import member
from resq_flame.fold.documents.json_tables import an_object


def sniff(head: bytes) -> bool:
    return json_in_page.is_page(head) and b"pyinstrument" in head.lower()


def document(content: bytes) -> dict[str, Any]:
    """What the page shows, with its ``root_frame``."""
    data = an_object(json_in_page.assigned(content, "sessionData", "profileSession"), "the session")
    return data if "root_frame" in data else {"root_frame": member(data, "frame_tree", dict)}
