"""What the counter's pages share: the form about the visitor, the addresses, and the receipt."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tongban.affairs.hall import filling
from tongban.affairs.hall.actions.counter import Visitor, VisitorError
from tongban.affairs.hall.filling import Application
from tongban.affairs.hall.models import CounterFiling
from tongban.affairs.hall.queries import filing_of
from tongban.engines.cases.models import Case, CaseMaterial
from tongban.engines.cases.queries.codes import secret_of
from tongban.foundation.accounts.models import Identity

if TYPE_CHECKING:
    from tongban.foundation.organizations.actor import Actor

PAGES = {
    "apply": "counter_applicant",
    "apply_step": "counter_step",
    "apply_materials": "counter_materials",
    "apply_check": "counter_check",
    "apply_file": "counter_file",
}
"""Which address stands for which page of an application."""


class _Radios(forms.RadioSelect):
    """Radios in a fieldset that carries the field's id, so that the error summary leads to it."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """Return the fieldset's id for the field, and each radio's own for its label."""
        return id_ if index is None else super().id_for_label(id_, index)


def _line(label: Any, hint: Any, longest: int, *, required: bool = True, digits: bool = False) -> forms.CharField:
    attrs = {"autocomplete": "off", "class": "w-18", **({"inputmode": "numeric"} if digits else {})}
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=longest,
        required=required,
        error_messages={"required": _("请填写此项。")},
        widget=forms.TextInput(attrs=attrs),
    )


class VisitorForm(forms.Form):
    """Who stands at the counter, from the certificate."""

    kind = forms.ChoiceField(
        label=_("申请人是"),
        choices=[
            (Identity.Kind.CITIZEN, _("个人")),
            (Identity.Kind.ORGANIZATION, _("单位（企业、个体工商户、社会组织等）")),
        ],
        error_messages={
            "required": _("请选择申请人是个人还是单位。"),
            "invalid_choice": _("请选择申请人是个人还是单位。"),
        },
        widget=_Radios,
    )
    name = _line(_("姓名或名称"), _("与身份证或者营业执照一致。"), 100)
    number = _line(_("证件号码"), _("个人填公民身份号码，单位填统一社会信用代码，都是 18 位。"), 40)
    phone = _line(_("手机号码"), _("受理、补正和结果会发到这个号码。"), 11, digits=True)
    bearer_name = _line(_("来办理的人的姓名"), _("单位申请必填；个人由别人代办的也要填。"), 50, required=False)
    bearer_number = _line(_("来办理的人的公民身份号码"), "", 40, required=False)

    def visitor(self) -> Visitor:
        """Return what was entered, not yet checked."""
        return Visitor(**{name: self.cleaned_data[name] for name in self.fields})

    def blame(self, wrong: VisitorError) -> None:
        """Put what was refused at the fields."""
        for name, text in wrong.fields.items():
            self.add_error(name, text)


def own_filing(actor: Actor, key: UUID) -> CounterFiling:
    """Return a clerk's own filing.

    :raises Http404: if there is none, or it is another clerk's
    """
    found = filing_of(actor, key)
    if found is None:
        raise Http404
    return found


def opened(filing: CounterFiling, actor: Actor, on: dt.date) -> Application:
    """Return a filing as the application that is being filled in."""
    key = filing.draft.submission_key

    def address(name: str, *args: str) -> str:
        return reverse(f"workbench:{PAGES[name]}", args=[key, *args])

    return filling.open_application(filing.draft, filing.implementation, actor, on, address=address, filing=filing)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the applicant takes home: number, query code, and the list of what was received."""

    case: Case
    secret: str
    materials: list[tuple[str, str]]


def receipt_of(filing: CounterFiling) -> Receipt:
    """Return the receipt of a filing that was handed in.

    :raises Http404: if it was not
    """
    case = (
        Case.objects.select_related("unit", "form", "implementation")
        .filter(submission_key=filing.draft.submission_key)
        .first()
    )
    if case is None:
        raise Http404
    rows = CaseMaterial.objects.filter(case=case, round=1).order_by("pk")
    return Receipt(case, secret_of(case), [(row.name, str(_RECEIVED[CaseMaterial.Source(row.source)])) for row in rows])


_RECEIVED = {
    CaseMaterial.Source.FORM: _("窗口录入"),
    CaseMaterial.Source.PAPER: _("纸质件"),
    CaseMaterial.Source.UPLOAD: _("扫描件"),
    CaseMaterial.Source.LICENSE: _("电子证照"),
    CaseMaterial.Source.COMMITMENT: _("告知承诺"),
    CaseMaterial.Source.HELD: _("政府已有"),
}
"""How the receipt says where a material came from."""
