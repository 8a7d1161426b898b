"""The web process's entry."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.settings")
application = get_wsgi_application()

from tongban.interfaces.portal.serving.counting import COUNTING  # noqa: E402 - needs the settings

COUNTING.start()
