"""What a pipelines/NAME.toml may say, and what is said when it does not."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

import pytest

from programs import ROOT
from resq_flame import capture, stage, target
from resq_flame.target import keys

PYTHON = '[capture]\nsource = "python"\npid = 1\n'
HCE = '[capture]\nsource = "hce"\n'


def load(tmp_path: Path, text: str, name: str = "api.toml") -> target.Target:
    path = tmp_path / name
    path.write_text(text)
    return target.load(path)


def flags(tmp_path: Path, text: str, of: str) -> list[str]:
    return list(load(tmp_path, text).flags[of])


@pytest.mark.parametrize(
    ("text", "of", "expected"),
    [
        (PYTHON, "fold", []),
        (PYTHON + "duration = 5\nrate = 99\n", "capture", ["--duration=5", "--rate=99", "--pid=1"]),
        (PYTHON + "rate = 99\nduration = 5\n", "capture", ["--duration=5", "--rate=99", "--pid=1"]),
        (PYTHON.replace("1", '"$PID"'), "capture", ["--pid=$PID"]),
        (HCE + 'url = "http://$HOST:5000"\ntoken_env = "T"\n', "capture", ["--url=http://$HOST:5000"]),
        (PYTHON + "[fold]\nlines = true\nidle = false\n", "fold", ["--lines"]),
        (PYTHON + "[fold]\nlines = false\n", "fold", ["--no-lines"]),
        (PYTHON + '[fold]\nsample_type = "cpu"\n', "fold", ["--sample-type=cpu"]),
        (PYTHON + "[merge]\nhide = ['-x', '^y']\nfocus = []\n", "merge", ["--hide=-x", "--hide=^y"]),
        ('[capture]\nsource = "file"\nfile = "$HOME/x"\n', "capture", ["$HOME/x"]),
        (PYTHON + '[render]\ntitle = "--title"\n', "render", ["--title=--title"]),
        (PYTHON + "rounds = 3\n", "capture", ["--pid=1"]),
        (PYTHON + "[merge]\nshow_from = ['x']\nmin_share = 0.5\n", "merge", ["--show-from=x", "--min-share=0.5"]),
        (PYTHON + "[diff]\nmap = ['a=b']\ncomparable = true\n", "diff", ["--comparable", "--map=a=b"]),
        (PYTHON + '[gate]\nfail_on = "self"\nfail_above = "5%"\n', "gate", ["--fail-above=5%", "--fail-on=self"]),
    ],
)
def test_flags(tmp_path: Path, text: str, of: str, expected: list[str]) -> None:
    assert flags(tmp_path, text, of) == expected


def test_what_a_variable_holds_is_not_known_before_the_capture(tmp_path: Path) -> None:
    assert flags(tmp_path, PYTHON + 'duration = "$LONG"', "capture") == ["--duration=$LONG", "--pid=1"]


def test_command_and_secrets(tmp_path: Path) -> None:
    started = load(tmp_path, '[capture]\nsource = "python"\ncommand = ["python3", "$x.py"]\n')
    assert (started.command, started.flags["capture"]) == (("python3", "$x.py"), ())
    asked = load(tmp_path, HCE + 'token_env = "A"\napi_key_env = "B"\n')
    assert (asked.token_env, asked.api_key_env, asked.flags["capture"]) == ("A", "B", ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 'api.toml:1: capture: expected source = "...", one of hce, node, bun, api, python, pdie'),
        ("\n\n[capture]\n", 'api.toml:3: capture: expected source = "...", one of'),
        ('[capture]\nsource = "phyton"', 'api.toml:2: capture.source: unknown source, did you mean "python"? (known: '),
        ("[capture]\nsource = 5", "api.toml:2: capture.source: unknown source (known: "),
        (PYTHON + 'duratoin = "5s"', 'api.toml:4: capture.duratoin: unknown key, did you mean "duration"? (known: '),
        (PYTHON + "interval = 5", "api.toml:4: capture.interval: unknown key"),
        (PYTHON + 'token = "s3cret"', "api.toml:4: capture.token: expected no secret in a file; token_env = "),
        (HCE + 'url = "http://me:s3cret@host"', "api.toml:3: capture.url: expected an address with no password in it"),
        (PYTHON + "watch = 'x'", 'api.toml:4: capture.watch: expected a list of "texts"'),
        (PYTHON + "[history]\nkeep = -1", "api.toml:5: history.keep: expected a whole number from 0 on, found -1"),
        (
            PYTHON + "[history]\nkep = 1",
            'api.toml:5: history.kep: unknown key, did you mean "keep"? (known: keep, days',
        ),
        (PYTHON + "rounds = 0", "api.toml:4: capture.rounds: expected a whole number from 1 on, found 0"),
        (PYTHON + "rounds = 2.5", "api.toml:4: capture.rounds: expected a whole number from 1 on, found 2.5"),
        (PYTHON + "rounds = true", "api.toml:4: capture.rounds: expected a whole number from 1 on, found True"),
        (PYTHON + "[gate]\nfail = 2", "api.toml:5: gate.fail: unknown key"),
        (PYTHON + "rate = true", "api.toml:4: capture.rate: expected a number, found True"),
        (PYTHON + "[rendr]\ntitle = 1", 'api.toml:4: rendr: unknown table, did you mean "render"? (known: capture'),
        (PYTHON + "\n[render]\ntitle = 1", 'api.toml:6: render.title: expected a "text", found 1'),
        (PYTHON + '[merge]\nhide = "x"', "api.toml:5: merge.hide: expected a list of \"texts\", found 'x'"),
        (PYTHON + "[merge]\nhide = ['x', 1]", 'api.toml:5: merge.hide: expected a list of "texts", found '),
        (PYTHON + "[fold]\npid = 1\n", "api.toml:5: fold.pid: expected true or false, found 1"),
        (PYTHON + "fold = 1\n", "api.toml:4: capture.fold: unknown key"),
        ("fold = 1\n" + PYTHON, "api.toml:1: fold: expected a table, [fold], found 1"),
        ("[[capture]]\n", "api.toml:1: capture: expected a table, [capture], found [{}]"),
        ('capture.source = "hce"\ncapture.urk = "h"', "api.toml:2: capture.urk: unknown key, did you mean"),
        ('\ncapture = { source = "hce", urk = "h" }', "api.toml:2: capture.urk: unknown key"),
        ("[capture]\nsource = \n", "api.toml:2: expected TOML: Invalid value"),
        ("[capture]\nsource = 'x", "api.toml"),
        (PYTHON + 'command = ["x"]', "api.toml:2: capture.source: expected either a pid or a command"),
        ('[capture]\nsource = "python"\ncommand = []', "api.toml:3: capture.command: expected a program and its arg"),
        (PYTHON + 'duration = "5 parsecs"', "api.toml:4: capture.duration: expected a duration such as 30s, 5000ms or"),
        (PYTHON + "rate = 0", "api.toml:4: capture.rate: expected "),
        ('[capture]\nsource = "api"\nkind = "heep"', "api.toml:3: capture.kind: expected one of cpu, heap"),
        (PYTHON + '[render]\nwidth = "wide"', "api.toml:5: render.width: expected 200 to 100000 pixels, found 'wide'"),
        (PYTHON + '[render]\ncolors = "hott"', "api.toml:5: render.colors: unknown name 'hott': did you mean hot?"),
        (PYTHON + "[merge]\nhide = ['x', '(']", "api.toml:5: merge.hide: expected a regular expression, found '('"),
        (PYTHON + "[diff]\nmap = ['x']", "api.toml:5: diff.map: expected RE=NAME, found 'x'"),
        (PYTHON + '[gate]\nfail_above = "x"', "api.toml:5: gate.fail_above: expected points of share"),
        (PYTHON + "[report]\ntop = 1.5", "api.toml:5: report.top: expected a whole number"),
        ('[capture]\nsorce = "hce"', 'api.toml:2: capture.sorce: unknown key, did you mean "source"?'),
        (HCE + 'token_env = "s3cret/value"', "api.toml:3: capture.token_env: expected the name of the environment"),
    ],
)
def test_errors_name_file_line_and_key(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(target.TargetError) as error:
        target.check_values(load(tmp_path, text))
    message = str(error.value).removeprefix(f"{tmp_path}/")
    assert message.startswith(expected)
    assert "s3cret" not in message
    assert "\n" not in message


def with_defaults(tmp_path: Path, said: str, text: str) -> target.Target:
    (tmp_path / "pipelines").mkdir()
    (tmp_path / target.DEFAULTS).write_text(said)
    (tmp_path / "pipelines" / "api.toml").write_text(text)
    (only,) = target.load_all(tmp_path)
    return only


def test_defaults_are_for_the_targets_that_know_them_and_do_not_say_otherwise(tmp_path: Path) -> None:
    said = (
        '[capture]\nrate = 50\nduration = "9s"\nrounds = 4\ninterval = 7\n[render]\ntitle = "x"\n[history]\nkeep = 3\n'
    )
    found = with_defaults(tmp_path, said, PYTHON + "duration = 5\n[render]\nwidth = 800\n")
    assert found.flags["capture"] == ("--duration=5", "--rate=50", "--pid=1")
    assert found.flags["render"] == ("--title=x", "--width=800")
    assert (found.rounds, found.keep, found.days) == (4, 3, 365)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("[capture]\nrat = 1\n", 'resq-flame.toml:2: capture.rat: unknown key, did you mean "rate"?'),
        ('[capture]\nsource = "hce"\n', "resq-flame.toml:2: capture.source: unknown key"),
        ("[capture]\npid = 1\n", "resq-flame.toml:2: capture.pid: unknown key"),
        ("[render]\n\ntitle = 1\n", 'resq-flame.toml:3: render.title: expected a "text", found 1'),
        ("[rendr]\n", 'resq-flame.toml:1: rendr: unknown table, did you mean "render"?'),
        ("[[x", "resq-flame.toml:1: expected TOML"),
        ('[capture]\nduration = "x"\n', "resq-flame.toml:2: capture.duration: expected a duration such as"),
    ],
)
def test_errors_in_the_defaults_name_their_file(tmp_path: Path, said: str, expected: str) -> None:
    with pytest.raises(target.TargetError) as error:
        target.check_values(with_defaults(tmp_path, said, PYTHON))
    assert str(error.value).removeprefix(f"{tmp_path}/").startswith(expected)


def test_a_password_in_a_variable_is_none_in_the_file(tmp_path: Path) -> None:
    assert flags(tmp_path, HCE + 'url = "http://me:$PASSWORD@host:80"', "capture") == [
        "--url=http://me:$PASSWORD@host:80"
    ]


@pytest.mark.parametrize("name", [".toml", "-x.toml", "a b.toml", "a=b.toml", "a:b.toml", "a*.toml"])
def test_refuses_names_that_are_no_task_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(target.TargetError, match="expected a name of letters"):
        load(tmp_path, PYTHON, name)


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(target.TargetError, match="No such file"):
        target.load(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"# \xe9")
    with pytest.raises(target.TargetError, match="expected TOML: 'utf-8' codec"):
        target.load(tmp_path / "latin.toml")


@pytest.mark.parametrize("path", sorted((ROOT / "pipelines").glob("*.toml")), ids=lambda path: str(path.stem))
def test_the_targets_of_this_repository(path: Path) -> None:
    assert target.load(path).name == path.stem


def options(parser: argparse.ArgumentParser) -> set[str]:
    return {option for action in parser._actions for option in action.option_strings}


def test_rounds(tmp_path: Path) -> None:
    assert [load(tmp_path, PYTHON + text).rounds for text in ("", "rounds = 5\n")] == [1, 5]


def test_each_key_of_the_gate_is_a_flag_of_report() -> None:
    parser = stage.Parser("report", "")
    importlib.import_module("resq_flame.report").arguments(parser)
    assert {f"--{key.replace('_', '-')}" for key in keys.GATE} <= options(parser)


# Of render's flags: what the pipeline itself says, what a merged profile has no more (time), what is for habit alone,
# and files beside the profile, whose changes doit would not see.
NOT_OF_A_TARGET = {"output", "format", "allow_empty", "differential", "flamechart", "hash", "cp", "palette", "nameattr"}


def test_render_has_a_key_for_each_flag_that_a_target_can_use() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    importlib.import_module("resq_flame.render.__main__").arguments(parser)
    first = {action.option_strings[-1] for action in parser._actions if action.option_strings}
    words = {option.removeprefix("--").replace("-", "_") for option in first} - {"icicle"} | {"inverted"}
    assert words - NOT_OF_A_TARGET == keys.STAGES["render"].keys()


@pytest.mark.parametrize("name", keys.STAGES)
def test_each_key_is_a_flag_of_its_stage(name: str) -> None:
    parser = stage.Parser(name, "")
    package = importlib.import_module(f"resq_flame.{name}")
    program = package if hasattr(package, "arguments") else importlib.import_module(f"resq_flame.{name}.__main__")
    program.arguments(parser)
    assert {f"--{key.replace('_', '-')}" for key in keys.STAGES[name]} <= options(parser)


@pytest.mark.parametrize("name", keys.SOURCES)
def test_each_key_is_a_flag_of_its_source(name: str) -> None:
    parser = stage.Parser(name, "")
    capture.SOURCES[name].module.add_arguments(parser)
    flags = keys.SOURCES[name].keys() - keys.NO_FLAGS - keys.POSITIONAL
    assert {f"--{key.replace('_', '-')}" for key in flags} <= options(parser)


def test_every_source_can_be_a_target() -> None:
    assert keys.SOURCES.keys() == capture.SOURCES.keys()
    assert {name for name, known in keys.SOURCES.items() if "command" in known} == {
        name for name, source in capture.SOURCES.items() if source.runs_command
    }
