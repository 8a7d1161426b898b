"""Django settings of the test suite: the project's own, in test mode."""

import os

os.environ["TONGBAN_MODE"] = "test"

from tongban.settings import *  # noqa: E402, F403
