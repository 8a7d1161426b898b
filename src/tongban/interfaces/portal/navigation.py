"""The entries of the public menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.foundation.ui.navigation import Entry, register


def register_menu() -> None:
    """Add the pages this project has; a page that does not exist yet is left out by the register."""
    register(
        Entry("portal:home", _("首页"), 5, icon="house"),
        Entry("portal:hall", _("政务服务"), 10, icon="house", essential=True),
        Entry("portal:items", _("全部事项"), 12, icon="list"),
        Entry("portal:events", _("一件事一次办"), 14, icon="link"),
        Entry("portal:units", _("按部门找"), 16, icon="build"),
        Entry("portal:my", _("我的办件"), 20, icon="list", essential=True),
        Entry("portal:progress", _("办件进度"), 30, icon="clock", essential=True),
        Entry("portal:verify", _("证照核验"), 40, icon="shield", essential=True),
        Entry("portal:phone", _("演示手机"), 90, icon="phone"),
    )
