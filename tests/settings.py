"""Django settings of the test suite: the project's own, in test mode."""

import os

os.environ["TONGBAN_MODE"] = "test"

from tongban.settings import *  # noqa: E402, F403
from tongban.settings import INSTALLED_APPS as OWN_APPS  # noqa: E402

INSTALLED_APPS = [*OWN_APPS, "django_migration_linter"]
MIGRATION_LINTER_OPTIONS = {
    "exclude_apps": ["account", "auth", "contenttypes", "mfa", "procrastinate", "sessions", "socialaccount"],
}
