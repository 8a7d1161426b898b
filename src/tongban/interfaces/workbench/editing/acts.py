"""What can be done with an article now, by whom, and doing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongban.engines.publishing.actions import deciding, drafting, placing, publishing
from tongban.engines.publishing.models import Article, Column, Placement, Submission
from tongban.engines.publishing.permissions import ARRANGE, DRAFT, EDIT, PUBLISH, REVIEW
from tongban.engines.publishing.rules.chain import Stage
from tongban.foundation.organizations.permissions import allows_row, visible
from tongban.foundation.packs.localized import localized
from tongban.interfaces.workbench.editing.forms import (
    AcceptForm,
    ApproveForm,
    ColumnsForm,
    HideForm,
    NoteForm,
    OfferForm,
    PinForm,
    PlaceForm,
    PublishForm,
    ReasonForm,
    WithdrawForm,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from tongban.foundation.organizations.actor import Actor

MOST_COLUMNS = 400


@dataclass(frozen=True, slots=True)
class Offer:
    """One act as the page offers it."""

    code: str
    title: str | _StrPromise
    style: str = ""
    form: type[forms.Form] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    initial: Mapping[str, Any] = field(default_factory=dict)

    def build(self, data: Any = None) -> forms.Form | None:
        """Return its form, filled with what was typed."""
        if self.form is None:
            return None
        return self.form(data, initial=dict(self.initial), prefix=self.code, **self.extra)


def offers(article: Article, actor: Actor) -> list[Offer]:
    """Return what the actor may do with an article as it stands, the usual thing first."""
    may = {
        permission.code: allows_row(actor, permission.code, article) for permission in (DRAFT, EDIT, REVIEW, PUBLISH)
    }
    found = [*_in_chain(article, may), *_about_submissions(article, actor, may), *_in_public(article, actor, may)]
    return list({offer.code: offer for offer in found}.values())


def _in_chain(article: Article, may: Mapping[str, bool]) -> Iterator[Offer]:
    """Yield the acts of the editorial chain for the present stage."""
    stage, draft, edit = article.stage, may[DRAFT.code], may[EDIT.code]
    if stage == Stage.DRAFT and edit:
        yield Offer("send", _("送审"), "primary")
    if stage == Stage.DRAFT and draft:
        yield Offer("submit", _("报送"), "" if edit else "primary", NoteForm)
    if stage == Stage.EDITING and edit:
        yield Offer("send", _("送审"), "primary")
        if article.published_n:
            yield Offer("drop", _("放弃更正"))
    if stage == Stage.REVIEW and may[REVIEW.code]:
        yield Offer("approve", _("审核通过"), "primary", ApproveForm)
        yield Offer("send_back", _("退回编辑"), "danger", ReasonForm)
    if stage == Stage.APPROVED and may[PUBLISH.code]:
        yield Offer("publish", _("发布"), "primary", PublishForm)
        yield Offer("send_back", _("退回编辑"), "danger", ReasonForm)


def _about_submissions(article: Article, actor: Actor, may: Mapping[str, bool]) -> Iterator[Offer]:
    """Yield the acts on open submissions: take back, take, decline, return."""
    for row in Submission.objects.filter(article=article, state=Submission.State.SUBMITTED).select_related(
        "column__site"
    ):
        home = row.column_id == article.column_id
        where = f"{localized(row.column.site.short_name)} / {localized(row.column.name)}"
        if may[DRAFT.code]:
            yield Offer(f"recall-{row.pk}", _("收回报送（%(column)s）") % {"column": where})
        judge = may[EDIT.code] if home else allows_row(actor, PUBLISH.code, row.column)
        if judge:
            points = {"points": row.column.points}
            yield Offer(
                f"accept-{row.pk}", _("采用到%(column)s") % {"column": where}, "primary", AcceptForm, initial=points
            )
            if home:
                yield Offer(f"return-{row.pk}", _("退回修改"), "", ReasonForm)
            yield Offer(f"decline-{row.pk}", _("不采用（%(column)s）") % {"column": where}, "danger", ReasonForm)


def _in_public(article: Article, actor: Actor, may: Mapping[str, bool]) -> Iterator[Offer]:
    """Yield what can be done with what is public: correct, share, arrange, withdraw."""
    public = article.status == Article.Status.PUBLISHED
    if public and may[DRAFT.code]:
        above = columns_above(article)
        if above:
            yield Offer("offer", _("报送上级站点"), "", OfferForm, {"columns": above})
    if article.stage == Stage.DONE and article.published_n and may[EDIT.code]:
        yield Offer("correct", _("更正"), "", ReasonForm)
    if may[PUBLISH.code] and public:
        yield Offer("share", _("共享到更多栏目"), "", ColumnsForm, {"columns": columns_to_share(article)})
    elif public and (mine := columns_to_take_into(article, actor)):
        yield Offer("share", _("采用到本单位的栏目"), "", ColumnsForm, {"columns": mine})
    if may[PUBLISH.code] and public:
        held = _held(article)
        if held:
            yield Offer("unshare", _("取消共享"), "", PlaceForm, {"columns": held})
        yield Offer("withdraw", _("撤回"), "danger", WithdrawForm)
    if may[PUBLISH.code] and article.status == Article.Status.WITHDRAWN:
        yield Offer("lift", _("恢复发布"), "", ReasonForm)
    own = own_columns(article, actor) if public else []
    if own:
        yield Offer("pin", _("在栏目置顶"), "", PinForm, {"columns": own})
        yield Offer("hide", _("本栏目不显示"), "", HideForm, {"columns": own})
        yield Offer("clear", _("取消置顶或隐藏"), "", PlaceForm, {"columns": own})


def _label(column: Column) -> str:
    return f"{localized(column.site.short_name)} / {localized(column.name)}"


def _choices(rows: Any) -> list[tuple[str, Any]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        groups.setdefault(str(row.site), []).append((str(row.pk), localized(row.name)))
    return list(groups.items())


def _takers() -> Any:
    closed = (Column.Kind.TOP, Column.Kind.SERVICE, Column.Kind.INTERACTIVE)
    rows = Column.objects.filter(is_open=True, mirror_of__isnull=True).exclude(kind__in=closed)
    return rows.select_related("site").order_by("site__order", "order", "pk")


def columns_above(article: Article) -> list[tuple[str, Any]]:
    """Return the columns of the site above, to which an article may be submitted."""
    parent = article.column.site.parent_id
    return _choices(_takers().filter(site=parent)) if parent else []


def columns_to_share(article: Article) -> list[tuple[str, Any]]:
    """Return the columns of the article's site and of the sites below that do not show it yet."""
    site = article.column.site_id
    rows = _takers().filter(site=site) | _takers().filter(site__parent=site)
    shown = Placement.objects.filter(article=article).values("column")
    return _choices(rows.exclude(pk__in=shown)[:MOST_COLUMNS])


def columns_to_take_into(article: Article, actor: Actor) -> list[tuple[str, Any]]:
    """Return the actor's own columns that could show another unit's article and do not yet."""
    shown = Placement.objects.filter(article=article).values("column")
    return _choices(visible(actor, PUBLISH.code, _takers()).exclude(pk__in=shown)[:MOST_COLUMNS])


def _held(article: Article) -> list[tuple[str, Any]]:
    rows = Placement.objects.filter(article=article, is_home=False).select_related("column__site")
    return [(str(row.column_id), _label(row.column)) for row in rows]


def own_columns(article: Article, actor: Actor) -> list[tuple[str, Any]]:
    """Return the columns that show an article and that the actor may arrange, mirroring ones too."""
    sources = Placement.objects.filter(article=article, live=True).values("column")
    rows = Column.objects.filter(pk__in=sources) | Column.objects.filter(mirror_of__in=sources)
    mine = visible(actor, ARRANGE.code, rows).select_related("site").order_by("site__order", "order", "pk")
    return [(str(row.pk), _label(row)) for row in mine.distinct()]


Do = Callable[[Article, "Actor", dt.datetime, Mapping[str, Any]], Any]


def _column(values: Mapping[str, Any]) -> Column:
    return Column.objects.select_related("site").get(pk=values["column"])


def _publish(article: Article, by: Actor, at: dt.datetime, values: Mapping[str, Any]) -> None:
    if values.get("publish_at"):
        moment = values["publish_at"]
        publishing.schedule(article=article, publish_at=moment, by=by, at=at, expires_at=values.get("expires_at"))
    else:
        publishing.publish(article=article, by=by, at=at, expires_at=values.get("expires_at"))


def _share(article: Article, by: Actor, at: dt.datetime, values: Mapping[str, Any]) -> None:
    columns = list(Column.objects.filter(pk__in=values["columns"]).select_related("site__parent"))
    placing.share(article=article, columns=columns, by=by, at=at)


_DOES: Mapping[str, Do] = {
    "send": lambda article, by, at, _values: deciding.send_to_review(article=article, by=by, at=at),
    "submit": lambda article, by, at, values: deciding.submit(
        article=article, by=by, at=at, note_text=values.get("note", "")
    ),
    "offer": lambda article, by, at, values: deciding.submit(
        article=article, by=by, at=at, column=_column(values), note_text=values.get("note", "")
    ),
    "drop": lambda article, by, at, _values: drafting.drop_correction(article=article, by=by, at=at),
    "approve": lambda article, by, at, values: deciding.approve(
        article=article, by=by, at=at, seen_findings=bool(values.get("seen")), opinion=values.get("opinion", "")
    ),
    "send_back": lambda article, by, at, values: deciding.send_back(
        article=article, reason=values["reason"], by=by, at=at
    ),
    "publish": _publish,
    "correct": lambda article, by, at, values: drafting.begin_correction(
        article=article, by=by, at=at, reason=values["reason"]
    ),
    "share": _share,
    "unshare": lambda article, by, at, values: placing.unshare(article=article, column=_column(values), by=by, at=at),
    "withdraw": lambda article, by, at, values: publishing.withdraw(
        article=article, reason=values["reason"], by=by, at=at, public_note=values.get("public_note", "")
    ),
    "lift": lambda article, by, at, values: publishing.lift_withdrawal(
        article=article, reason=values["reason"], by=by, at=at
    ),
    "pin": lambda article, by, at, values: placing.pin(
        article=article, column=_column(values), by=by, at=at, until=values.get("until")
    ),
    "hide": lambda article, by, at, values: placing.hide(
        article=article, column=_column(values), reason=values["reason"], by=by, at=at
    ),
    "clear": lambda article, by, at, values: placing.clear_override(
        article=article, column=_column(values), by=by, at=at
    ),
}


def perform(article: Article, code: str, *, by: Actor, at: dt.datetime, values: Mapping[str, Any]) -> None:
    """Do an act that was offered.

    :raises PublishingRefusedError: if it does not fit (any more)
    :raises NotAllowedError: if the actor may not
    """
    name, dash, key = code.partition("-")
    if not dash:
        _DOES[name](article, by, at, values)
        return
    row = Submission.objects.select_related("article", "column__site").get(pk=int(key), article=article)
    if name == "recall":
        deciding.recall(submission=row, by=by, at=at)
    elif name == "accept":
        deciding.accept(submission=row, by=by, at=at, points=values["points"])
    elif name == "return":
        deciding.return_for_changes(submission=row, reason=values["reason"], by=by, at=at)
    else:
        deciding.decline(submission=row, reason=values["reason"], by=by, at=at)


ACT_TITLES: Mapping[str, str | _StrPromise] = {
    "begin": _("起草"),
    "save": _("修改"),
    "submit": _("报送"),
    "offer": _("报送上级站点"),
    "recall": _("收回报送"),
    "accept": _("采用"),
    "decline": _("不采用"),
    "return": _("退回修改"),
    "send": _("送审"),
    "send_back": _("退回编辑"),
    "approve": _("审核通过"),
    "schedule": _("定时发布"),
    "publish": _("发布"),
    "correct": _("开始更正"),
    "drop": _("放弃更正"),
    "withdraw": _("撤回"),
    "lift_withdrawal": _("恢复发布"),
    "expire": _("到期撤下"),
    "share": _("共享"),
    "unshare": _("取消共享"),
    "pinned": _("置顶"),
    "hidden": _("本栏目隐藏"),
    "clear_override": _("取消置顶或隐藏"),
    "take_over": _("接手编辑"),
    "take_in": _("被其他栏目采用"),
}
"""What happened, in words, by the act of an editorial event."""
