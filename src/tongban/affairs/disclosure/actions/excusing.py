"""A supervisor accepts a unit's explanation: the finding stays on the list and costs nothing."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.affairs.disclosure.actions.inspecting import rescore
from tongban.affairs.disclosure.errors import DisclosureError
from tongban.affairs.disclosure.models import Finding
from tongban.affairs.disclosure.permissions import EXCUSE
from tongban.foundation.audit.actions import record
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import require

MOST_TEXT = 300


@transaction.atomic
def excuse(*, finding: Finding, reason: str, by: Actor, at: dt.datetime) -> Finding:
    """Accept an explanation for a finding.

    :raises NotAllowedError: if the actor does not supervise the region
    :raises DisclosureError: if no reason is given, or the finding is gone or excused already
    """
    require(by, EXCUSE.code, finding)
    row = Finding.objects.select_for_update(of=("self",)).select_related("site").get(pk=finding.pk)
    text = reason.strip()
    if row.resolved_at is not None or row.excused_at is not None:
        raise DisclosureError(_("这个问题已经消除或者已有说明，不必再处理。"))
    if not text:
        raise DisclosureError(_("请写明情况，例如栏目何时调整。"), "reason")
    if len(text) > MOST_TEXT:
        raise DisclosureError(_("说明最多 %(most)s 字，请缩短。") % {"most": MOST_TEXT}, "reason")
    row.excused_at, row.excused_by, row.excuse = at, by.account, text
    row.save(update_fields=["excused_at", "excused_by", "excuse"])
    record(
        stream=f"site:{row.site.code}",
        kind="finding.excused",
        actor=by.key,
        at=at,
        data={"indicator": row.indicator, "key": row.key, "reason": text},
    )
    rescore(site=row.site, at=at)
    return row
