"""What fields the classes of a chunk have: a tree of elements, each with attributes, over a table of strings.

By OpenJDK 17, jdk/jfr/internal/MetadataReader.java; as XML, one would write

    <class name="jdk.ExecutionSample" superType="jdk.jfr.Event" id="101">
      <field name="stackTrace" class="26" constantPool="true"/>
    </class>
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from resq_flame.fold.jfr.values import Class, Field, Reader
from resq_flame.fold.ledger import ProfileError

DEPTH = 10

Attributes: TypeAlias = "dict[str, str]"


@dataclass(slots=True)
class _Element:
    name: str
    attributes: Attributes
    children: list[_Element] = field(default_factory=list)


def read(reader: Reader, at: int) -> dict[int, Class]:
    """The classes by their number, which the reader knows from then on.

    Raises ProfileError where the event at this place is no metadata.
    """
    reader.at = at
    if not 0 <= at < len(reader.data) or reader.varint() < 1 or reader.varint() != 0:
        raise ProfileError(f"expected the metadata at byte {at} of the chunk, found none: damaged?")
    for _ in range(3):  # start, duration, number of the metadata
        reader.varint()
    strings = [str(reader.text() or "") for _ in range(reader.count())]
    root = _element(reader, strings, 0)
    reader.classes = {
        number: Class(element.attributes.get("name", ""), tuple(_fields(element)))
        for child in root.children
        for element in child.children
        if element.name == "class" and (number := _number(element.attributes.get("id"))) is not None
    }
    return reader.classes


def _element(reader: Reader, strings: list[str], depth: int) -> _Element:
    if depth > DEPTH:
        raise ProfileError("expected the metadata, found it nested too deeply: damaged?")
    name = _string(reader, strings)
    attributes = {_string(reader, strings): _string(reader, strings) for _ in range(reader.count())}
    return _Element(name, attributes, [_element(reader, strings, depth + 1) for _ in range(reader.count())])


def _string(reader: Reader, strings: list[str]) -> str:
    index = reader.varint()
    if not 0 <= index < len(strings):
        raise ProfileError(f"expected an index into {len(strings)} strings of the metadata, found {index}: damaged?")
    return strings[index]


def _fields(element: _Element) -> list[Field]:
    return [
        Field(
            child.attributes.get("name", ""),
            _number(child.attributes.get("class")) or 0,
            child.attributes.get("constantPool") == "true",
            child.attributes.get("dimension") == "1",
        )
        for child in element.children
        if child.name == "field"
    ]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None
