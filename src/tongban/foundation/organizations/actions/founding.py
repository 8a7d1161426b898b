"""The first administrators of an installation, before anyone can appoint."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.utils.translation import gettext as _

from tongban.foundation.accounts import actions as accounts
from tongban.foundation.accounts.models import Account
from tongban.foundation.audit.actions import record
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actions.people import initial_password
from tongban.foundation.organizations.actor import system_actor
from tongban.foundation.organizations.models import Posting, Unit
from tongban.foundation.organizations.roles import ADMINISTRATORS, Role

_LOCK = 7_263_001


class AlreadyFoundedError(Exception):
    """There are administrators already; they appoint the next ones."""


def found_administration(
    *, unit: Unit, system: str, security: tuple[str, ...], audit: str, at: dt.datetime
) -> list[tuple[Account, Role, str]]:
    """Open and appoint one system, one audit and the security administrators; return them with initial passwords.

    Possible only while there was never an administrator, so that it is no way round the two persons later.

    :raises AlreadyFoundedError: if any administrator's posting was ever made
    :raises AccountError: if a sign-in name is taken or malformed
    """
    wanted = [
        (system, Role.SYSTEM_ADMIN),
        *((name, Role.SECURITY_ADMIN) for name in security),
        (audit, Role.AUDIT_ADMIN),
    ]
    by = system_actor("first_administrators")
    made: list[tuple[Account, Role, str]] = []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if Posting.objects.filter(role__in=ADMINISTRATORS).exists():
            raise AlreadyFoundedError(_("已有管理员，请在管理台提议和确认新的任职。"))
        for username, role in wanted:
            password = initial_password()
            account = accounts.open_official(username=username, display_name=username, password=password, by=by, at=at)
            posting = Posting.objects.create(account=account, unit=unit, role=role, valid_from=local_date(at))
            data = {"posting": posting.pk, "account": account.pk, "unit": unit.code, "role": role}
            record(stream="security", kind="administration.founded", actor=by.key, at=at, data=data)
            made.append((account, role, password))
    return made
