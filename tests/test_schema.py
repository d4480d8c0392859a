"""The JSON schema says what ``target.load`` accepts, for every table and key."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs import ROOT, run
from resq_flame import schema, target
from resq_flame.target import keys
from resq_flame.target.keys import Kind

TARGET, DEFAULTS = (jsonschema.Draft7Validator(found) for found in (schema.of_target(), schema.of_defaults()))


@pytest.mark.parametrize("made", [schema.of_target, schema.of_defaults])
def test_is_a_schema(made) -> None:
    jsonschema.Draft7Validator.check_schema(made())


@pytest.mark.parametrize("path", sorted(ROOT.glob("**/pipelines/*.toml")), ids=lambda path: str(path.relative_to(ROOT)))
def test_accepts_our_targets(path: Path) -> None:
    TARGET.validate(tomllib.loads(path.read_text()))


@pytest.mark.parametrize("name", ["resq-flame.toml", "demo.toml"])
def test_accepts_what_init_writes(name: str) -> None:
    text = (ROOT / "stages/resq_flame/init/templates" / name).read_text()
    (DEFAULTS if name == "resq-flame.toml" else TARGET).validate(tomllib.loads(text))


@pytest.mark.parametrize("source", keys.SOURCES)
def test_every_key_has_a_description(source: str) -> None:
    for table in keys.TABLES:
        found = schema.descriptions(table, source)
        assert list(found) == list(keys.of_table(table, source))
        assert all(found.values()), (table, found)


def test_every_kind_has_a_type() -> None:
    assert set(schema.TYPES) == {value for value in vars(keys).values() if isinstance(value, Kind)}


def test_the_command_prints_it() -> None:
    for flags, made in (((), schema.of_target), (("--defaults",), schema.of_defaults)):
        done = run([sys.executable, "-m", "resq_flame.cli", "schema", *flags])
        assert json.loads(done.stdout) == made()


VALUES = st.one_of(
    st.booleans(),
    st.integers(-3, 9),
    st.floats(-2, 9).filter(lambda number: not number.is_integer()),  # to JSON, 2.0 is a whole number
    st.sampled_from(["", "A_NAME", "5%", "not a name!", "http://me:secret@host", "http://$ME:$SECRET@host"]),
    st.lists(st.one_of(st.just("x"), st.integers(1, 2)), max_size=2),
)
NAMES = sorted(
    {key for source in keys.SOURCES for table in keys.TABLES for key in keys.of_table(table, source)} | {"urk"}
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, dict[str, object]]:
    source = draw(st.sampled_from(list(keys.SOURCES)))
    table = draw(st.sampled_from(keys.TABLES))
    likely = st.sampled_from(list(keys.of_table(table, source)))
    said = draw(st.dictionaries(st.one_of(likely, likely, st.sampled_from(NAMES)), VALUES, max_size=3))
    return {"capture": {"source": source}, table: {**said, **({"source": source} if table == "capture" else {})}}


def toml(document: dict[str, dict[str, object]]) -> str:
    tables = (
        "\n".join([f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())])
        for name, table in document.items()
    )
    return "\n".join(tables)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(document=documents())
def test_accepts_what_load_accepts(document: dict[str, dict[str, object]], tmp_path: Path) -> None:
    path = tmp_path / "api.toml"
    path.write_text(toml(document))
    try:
        target.load(path)
        accepted = True
    except target.TargetError:
        accepted = False
    wrong = [
        error
        for error in flattened(TARGET.iter_errors(document), document["capture"]["source"])
        if error.validator != "enum"
    ]
    assert (not wrong) == accepted, wrong


def flattened(errors, source: object):
    """The errors of the shape for this source; jsonschema has those of all shapes."""
    for error in errors:
        if error.validator == "oneOf":
            at = list(keys.SOURCES).index(str(source))
            yield from (inner for inner in error.context if inner.schema_path[0] == at)
        else:
            yield error
