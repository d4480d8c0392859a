"""The settings as a form: what is wrong as it is typed, and the flags that they make."""

from __future__ import annotations

from pathlib import Path

import pytest

from resq_flame.tui.form import Form
from resq_flame.tui.plan import TARGETS, Broken, Plan, of_process, pipelines

SECRET = "s3cret"
HCE, API, PDIE, PERF = TARGETS


def initial(form: Form) -> dict[str, str]:
    return {name: form.initial(name) for name in form.fields}


@pytest.fixture(autouse=True)
def no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RESQ_TOKEN", "RESQ_API_KEY", "PDIE_PID"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("plan", "name", "value", "problem"),
    [
        (HCE, "duration", "5000", ""),
        (HCE, "duration", "5 parsecs", "expected a duration such as 30s, 5000ms or 2m, found '5 parsecs'"),
        (HCE, "duration", "", "expected one"),
        (API, "path", "profile", "expected a path such as /admin/profile, found 'profile'"),
        (PERF, "pid", "", ""),
        (PERF, "pid", "12", ""),
        (PERF, "pid", "-1", "expected a positive whole number, found '-1'"),
        (PDIE, "pid", "$PDIE_PID", "$PDIE_PID is not set: type a value"),
        (PDIE, "output", "there/is/no/folder.svg", "cannot write in"),
        (PDIE, "output", "flame.png", "expected a name that ends in .svg"),
    ],
)
def test_one_field(plan: Plan, name: str, value: str, problem: str) -> None:
    found = Form(plan).problem(name, value)
    assert found.startswith(problem)
    assert bool(found) == bool(problem)


@pytest.mark.parametrize(
    ("plan", "changes", "problem"),
    [
        (HCE, {}, "expected a credential, found none: type a token or an API key"),
        (HCE, {"token": SECRET}, ""),
        (HCE, {"pid": "1"}, ""),
        (HCE, {"url": "localhost", "token": SECRET}, "expected http://HOST:PORT or https://HOST"),
        (HCE, {"url": "http://far.example", "token": SECRET}, "http://far.example/admin/cpu-profile: would send"),
        (API, {}, ""),
        (PDIE, {}, ""),
        (PDIE, {"url": "http://"}, "expected http://HOST:PORT"),
        (PERF, {}, ""),
    ],
)
def test_the_whole_form(plan: Plan, changes: dict[str, str], problem: str) -> None:
    form = Form(plan)
    found = form.problems({**initial(form), **changes})
    assert found.startswith(problem)
    assert bool(found) == bool(problem)
    assert SECRET not in found


def test_a_typed_secret_goes_by_its_variable_and_is_not_shown() -> None:
    form = Form(HCE)
    filled = form.filled({**initial(form), "token": SECRET})
    assert filled.flags == ("--url=http://localhost:5000", "--duration=10s")
    assert filled.secrets == {"RESQ_TOKEN": SECRET}
    assert SECRET not in repr(filled)


def test_a_secret_of_the_environment_is_named_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESQ_TOKEN", SECRET)
    form = Form(HCE)
    assert (form.initial("token"), form.hint("token"), form.hint("api_key")) == ("", "from $RESQ_TOKEN", "none")
    assert form.problems(initial(form)) == ""
    assert form.filled(initial(form)).secrets == {}  # resq-capture finds it itself


def test_a_pipeline_has_its_own_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pipelines").mkdir()
    target = '[capture]\nsource = "hce"\nurl = "http://$HCE_HOST:5000"\ntoken_env = "HCE_TOKEN"\ninterval = 200\n'
    (tmp_path / "pipelines" / "mine.toml").write_text(target)
    monkeypatch.setenv("HCE_HOST", "localhost")
    monkeypatch.setenv("HCE_TOKEN", SECRET)
    (plan,) = pipelines(tmp_path)
    assert isinstance(plan, Plan)
    form = Form(plan)
    assert form.hint("token") == "from $HCE_TOKEN"
    filled = form.filled(initial(form))
    assert filled.flags == ("--url=http://localhost:5000", "--duration=10s", "--interval=200")
    assert filled.secrets == {"RESQ_TOKEN": SECRET}


def test_a_file_that_is_no_pipeline_says_why(tmp_path: Path) -> None:
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "bad.toml").write_text('[capture]\nsource = "hca"\n')
    (found,) = pipelines(tmp_path)
    assert isinstance(found, Broken)
    assert "did you mean" in found.reason


@pytest.mark.parametrize(("kind", "source"), [("python", "python"), ("node", "hce"), ("go", "perf"), ("", "perf")])
def test_a_process_is_profiled_by_what_fits_its_language(kind: str, source: str) -> None:
    plan = of_process(12, kind, "/usr/bin/app --serve")
    assert (plan.name, plan.source, plan.given) == ("app", source, {"pid": "12"})
    form = Form(plan)
    assert "--pid=12" in form.filled(initial(form)).flags
