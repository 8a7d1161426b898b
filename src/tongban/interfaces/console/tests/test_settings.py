from __future__ import annotations

import base64
import io
import os
import subprocess
import sys

import pytest
from django.core.management import call_command

from tongban.settings.options import DEMO_SECRET, PROJECT_ROOT, Options, refusals

GOOD = {
    "TONGBAN_MODE": "production",
    "TONGBAN_SECRET_KEY": "q7Zr2mVx9LpK4sTb8NwY1cHd6FgJ3aQe5RuXk0ViOtMzBnSlPy",
    "TONGBAN_FIELD_KEY": base64.b64encode(bytes(range(32))).decode(),
    "TONGBAN_ALLOWED_HOSTS": "zwfw.example.gov.cn",
    "TONGBAN_BASE_URL": "https://zwfw.example.gov.cn",
}


def _options(**changed: str) -> Options:
    given = {name.removeprefix("TONGBAN_").lower(): value for name, value in GOOD.items()} | changed
    return Options.model_validate(given)


def _manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TONGBAN_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, PROJECT_ROOT / "manage.py", *arguments],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_careful_production_configuration_is_accepted() -> None:
    assert refusals(_options()) == []


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"secret_key": DEMO_SECRET}, "TONGBAN_SECRET_KEY is the demonstration secret"),
        ({"secret_key": "short"}, "TONGBAN_SECRET_KEY is weak"),
        ({"secret_key": "a" * 60}, "TONGBAN_SECRET_KEY is weak"),
        ({"field_key": ""}, "TONGBAN_FIELD_KEY"),
        ({"field_key": "bm90IDMyIGJ5dGVz"}, "TONGBAN_FIELD_KEY"),
        ({"field_key": "***"}, "TONGBAN_FIELD_KEY"),
        ({"debug": "true"}, "TONGBAN_DEBUG"),
        ({"allowed_hosts": ""}, "TONGBAN_ALLOWED_HOSTS"),
        ({"allowed_hosts": "*"}, "TONGBAN_ALLOWED_HOSTS"),
        ({"base_url": "http://zwfw.example.gov.cn"}, "TONGBAN_BASE_URL"),
    ],
)
def test_an_unsafe_production_setting_is_refused_by_name(changed: dict[str, str], named: str) -> None:
    found = refusals(_options(**changed))
    assert len(found) == 1
    assert named in found[0]


def test_production_does_not_start_with_the_demo_settings() -> None:
    done = _manage("check", TONGBAN_MODE="production")
    assert done.returncode != 0
    for name in ("TONGBAN_SECRET_KEY", "TONGBAN_FIELD_KEY", "TONGBAN_ALLOWED_HOSTS", "TONGBAN_BASE_URL"):
        assert name in done.stderr


def test_production_settings_pass_every_deployment_check() -> None:
    """What stays is what only the authority can bring: the state's seal, a provider of text messages."""
    done = _manage("check", "--deploy", **GOOD)
    assert done.returncode == 0, done.stderr
    assert "(security." not in done.stderr
    assert "(tongban." not in done.stderr


def test_a_demonstration_can_be_asked_what_production_would_refuse() -> None:
    done = _manage("check", "--deploy", "--fail-level", "CRITICAL")
    assert "TONGBAN_SECRET_KEY is the demonstration secret" in done.stderr


def test_every_setting_has_a_default_and_a_help() -> None:
    assert [name for name, field in Options.model_fields.items() if not field.description or field.is_required()] == []


def test_the_help_lists_every_setting_and_hides_secrets(settings: object) -> None:
    out = io.StringIO()
    call_command("settings_help", stdout=out)
    for name in Options.model_fields:
        assert f"TONGBAN_{name.upper()}" in out.getvalue()
