"""Bulletins (通报): what an affair counted for a period, frozen as data, workbook and sealed paper, and handed to heads."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tongban.engines.indicators import rules
from tongban.engines.indicators.actions.entering import lock_ledger
from tongban.engines.indicators.addressing import link, recipient_of
from tongban.engines.indicators.errors import ScoreError
from tongban.engines.indicators.models import Bulletin, BulletinDelivery, ScoreScheme
from tongban.engines.indicators.rules import Period, PeriodKind
from tongban.foundation.accounts.models import Account
from tongban.foundation.audit.actions import record
from tongban.foundation.clock.now import local_date
from tongban.foundation.documents.actions import issue
from tongban.foundation.files.actions import store_generated
from tongban.foundation.messaging.actions import queue
from tongban.foundation.messaging.queries import current_template
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.queries import postings_in_force
from tongban.foundation.organizations.roles import Role

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LANGUAGES = {"zh": "zh-hans", "en": "en"}
Words = Mapping[str, str]
"""A text in both languages, by ``zh`` and ``en``."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The sealed paper of a bulletin: its template, the data it takes, and the first part of its number."""

    template: str
    data: Mapping[str, Any]
    series: str


@dataclass(frozen=True, slots=True)
class Issue:
    """What is published for a period.

    :param code: the series; a series, unit and period has versions, the later correcting the earlier
    :param unit: who issues and seals it
    :param title: without the period, which is added
    :param told: the codes of the units whose heads get it
    :param message: the message template that goes to the heads (parameters ``title``, ``unit``, ``link``)
    :param page: the kind under which an interface registered the page of such bulletins
    :param scheme: the version of a scheme that gave the scores, if any did
    """

    code: str
    period: Period
    unit: Unit
    title: Words
    data: Mapping[str, Any]
    workbook: bytes
    paper: Paper
    told: Collection[str]
    message: str
    page: str = "bulletin"
    scheme: ScoreScheme | None = None


def titled(lead: Words, period: Period) -> dict[str, str]:
    """Return a title with its period in both languages: ``…（2026年10月）``."""
    found = {}
    for each, language in LANGUAGES.items():
        with translation.override(language):
            found[each] = _("%(lead)s（%(period)s）") % {"lead": lead[each], "period": period_name(period)}
    return found


def period_name(period: Period) -> str:
    """Return a period in the words of the present language."""
    year = period.start.year
    number = (period.start.month - 1) // rules.LENGTH[period.kind] + 1
    if period.kind is PeriodKind.MONTH:
        return date_format(period.start, _("Y年n月"))
    if period.kind is PeriodKind.QUARTER:
        return _("%(year)s年第%(number)s季度") % {"year": year, "number": number}
    if period.kind is PeriodKind.HALF:
        return (_("%(year)s年上半年") if number == 1 else _("%(year)s年下半年")) % {"year": year}
    return _("%(year)s年") % {"year": year}


def check_publishable(*, code: str, period: Period, unit: Unit, reason: str, at: dt.datetime) -> int:
    """Return the version a bulletin would have; until the transaction ends no other of its series and month is made.

    :raises ScoreError: if the period is not over, or a correction gives no reason
    """
    if period.kind is PeriodKind.HALF or local_date(at) <= period.end:
        raise ScoreError(_("只有已经结束的月、季、年可以发布通报。"))
    lock_ledger(code, period.start)
    earlier = Bulletin.objects.filter(code=code, unit=unit, period=period.code).order_by("-version").first()
    if earlier is not None and not reason.strip():
        raise ScoreError(_("这一期已经发布过。要更正，请写明更正原因。"), "reason")
    return earlier.version + 1 if earlier else 1


@transaction.atomic
def freeze(issued: Issue, *, by: Actor, at: dt.datetime, reason: str = "") -> Bulletin:
    """Keep a bulletin as published, seal its paper and hand it to the heads. The caller has checked the permission.

    :param reason: why an earlier version is corrected
    :raises ScoreError: if the period is not over, or a correction gives no reason
    """
    period, unit = issued.period, issued.unit
    version = check_publishable(code=issued.code, period=period, unit=unit, reason=reason, at=at)
    title = titled(issued.title, period)
    text = json.dumps(issued.data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    name = f"{title['zh']}-v{version}.xlsx"
    paper = issued.paper
    document = issue(
        template=paper.template,
        data={**paper.data, "heading": title["zh"], "correction": reason.strip()},
        number=f"{paper.series}〔{period.code}〕第{version}版",
        about=f"bulletin:{issued.code}:{unit.code}",
        unit=unit,
        sign=True,
        at=at,
        render="job",
    )
    bulletin = Bulletin.objects.create(
        scheme=issued.scheme,
        code=issued.code,
        kind=period.kind.value,
        starts_on=period.start,
        period=period.code,
        unit=unit,
        version=version,
        title=title,
        reason=reason.strip(),
        data=issued.data,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        workbook=store_generated(content=issued.workbook, name=name, content_type=XLSX, at=at),
        document=document,
        published_at=at,
        published_by=by.name,
    )
    record(
        stream=f"bulletins:{issued.code}",
        kind="bulletin.published",
        actor=by.key,
        at=at,
        data={"unit": unit.code, "period": period.code, "version": version, "sha256": bulletin.sha256},
    )
    _deliver(bulletin, issued, at=at)
    return bulletin


def note_read(*, bulletin: Bulletin, account: Account, at: dt.datetime) -> None:
    """Note that someone whom a bulletin was handed to has opened it; the first time counts."""
    BulletinDelivery.objects.filter(bulletin=bulletin, account=account, read_at__isnull=True).update(read_at=at)


def _deliver(bulletin: Bulletin, issued: Issue, *, at: dt.datetime) -> None:
    """Hand the bulletin to the heads of units: on their desk, and by message where they can be reached."""
    on = local_date(at)
    posts = postings_in_force(on=on).filter(
        role=Role.UNIT_HEAD, unit__code__in=issued.told, valid_from__lte=on, account__is_active=True
    )
    rows = list(posts.select_related("account__identity", "unit").order_by("unit__code", "pk"))
    BulletinDelivery.objects.bulk_create(
        [BulletinDelivery(bulletin=bulletin, unit=post.unit, account=post.account, delivered_at=at) for post in rows],
        ignore_conflicts=True,
        batch_size=500,
    )
    texts = current_template(issued.message)
    for post in rows:
        queue(
            template=texts,
            to=recipient_of(post.account),
            params={"title": bulletin.title["zh"], "unit": post.unit.name, "link": link(issued.page, str(bulletin.pk))},
            about=f"bulletin:{bulletin.pk}",
            key=f"bulletin:{bulletin.pk}:{post.unit.code}:{post.account.pk}",
            at=at,
        )
