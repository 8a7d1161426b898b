"""The forms of the desk for surveys and interviews: what they are about, one question, acts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongban.affairs.surveys.actions.building import COLUMNS, About
from tongban.affairs.surveys.actions.interviewing import COLUMNS as INTERVIEW_COLUMNS
from tongban.affairs.surveys.actions.interviewing import Plan
from tongban.affairs.surveys.models import Interview, Survey
from tongban.affairs.surveys.rules.questions import CHOSEN, MOST_OPTIONS, Choice, Question, When
from tongban.engines.publishing.models import Article, Column, MediaItem
from tongban.engines.publishing.permissions import ARRANGE
from tongban.foundation.organizations.permissions import visible
from tongban.foundation.packs.localized import localized
from tongban.interfaces.workbench.editing.forms import Moment

if TYPE_CHECKING:
    from tongban.foundation.organizations.actor import Actor

MOST_ARTICLES = 100
ROWS = {"rows": 4}
WIDE = forms.TextInput(attrs={"class": "w-full"})


def _columns(actor: Actor, codes: Sequence[str]) -> Any:
    rows = Column.objects.filter(scheme_code__in=codes, is_open=True, mirror_of__isnull=True)
    return visible(actor, ARRANGE.code, rows).select_related("site", "unit").order_by("site__order", "order", "pk")


def _name(column: Column) -> str:
    return f"{column.site} / {localized(column.name)}"


class _AboutForm(forms.Form):
    """What surveys and interviews share."""

    title = forms.CharField(label=_("标题"), max_length=120, widget=WIDE)
    title_en = forms.CharField(label=_("英文标题"), max_length=200, required=False, widget=WIDE)
    column = forms.ChoiceField(label=_("所属栏目"))
    intro = forms.CharField(label=_("说明"), max_length=3000, widget=forms.Textarea(attrs=ROWS))
    intro_en = forms.CharField(
        label=_("英文说明"), max_length=3000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    codes: Sequence[str] = ()

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        """Offer the columns the actor edits."""
        super().__init__(*args, **kwargs)
        self.rows = {str(row.pk): row for row in _columns(actor, self.codes)}
        self.fields["column"].choices = [(key, _name(row)) for key, row in self.rows.items()]  # type: ignore[attr-defined]


class SurveyForm(_AboutForm):
    """Everything of a survey but its questions."""

    kind = forms.ChoiceField(label=pgettext_lazy("survey", "类别"), choices=Survey.Kind.choices)
    article = forms.ChoiceField(
        label=_("征求意见稿"), required=False, help_text=_("意见征集必选：先把征求意见稿作为文章发布。")
    )
    opens_at = Moment(label=_("开始时间"))
    closes_at = Moment(label=_("截止时间"), help_text=_("到时自动截止。决策事项征求意见一般不少于 30 日。"))
    who = forms.ChoiceField(label=_("谁可以参加"), choices=Survey.Who.choices)
    results = forms.ChoiceField(label=_("结果何时公布"), choices=Survey.Results.choices)
    codes = COLUMNS
    field_order = (
        "kind", "title", "title_en", "column", "intro", "intro_en", "article", "opens_at", "closes_at", "who", "results",
    )  # fmt: skip

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        """Offer the newest published articles of these columns."""
        super().__init__(actor, *args, **kwargs)
        rows = Article.objects.filter(column__in=self.rows.values(), status=Article.Status.PUBLISHED)
        choices = [(str(row.pk), row.title) for row in rows.order_by("-pk")[:MOST_ARTICLES]]
        self.fields["article"].choices = [("", _now("没有")), *choices]  # type: ignore[attr-defined]

    def about(self) -> About:
        """Return what was filled in."""
        values = dict(self.cleaned_data)
        values.pop("version")
        column = self.rows[values.pop("column")]
        article = values.pop("article")
        return About(
            column=column, unit=column.unit, article=Article.objects.get(pk=article) if article else None, **values
        )


def survey_initial(row: Survey) -> dict[str, Any]:
    """Return a survey as its form shows it."""
    names = ("kind", "title", "title_en", "intro", "intro_en", "opens_at", "closes_at", "who", "results", "version")
    return {name: getattr(row, name) for name in names} | {"column": row.column_id, "article": row.article_id or ""}


class InterviewForm(_AboutForm):
    """What is announced of an interview."""

    host = forms.CharField(label=_("主持人"), max_length=60)
    guests = forms.CharField(
        label=_("嘉宾"), max_length=600, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("每行一位：姓名，职务。")
    )
    starts_at = Moment(label=_("开始时间"))
    ends_at = Moment(label=_("预计结束时间"))
    film = forms.ChoiceField(label=_("视频"), required=False, help_text=_("媒体库里的视频，可以以后再选。"))
    codes = INTERVIEW_COLUMNS
    field_order = ("title", "title_en", "column", "intro", "intro_en", "guests", "host", "starts_at", "ends_at", "film")

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        """Offer the films of the actor's unit."""
        super().__init__(actor, *args, **kwargs)
        films = MediaItem.objects.filter(kind=MediaItem.Kind.VIDEO, unit=actor.unit).order_by("-pk")
        self.fields["film"].choices = [("", _now("没有")), *((str(row.pk), row.title) for row in films)]  # type: ignore[attr-defined]

    def plan(self) -> Plan:
        """Return what was filled in."""
        values = dict(self.cleaned_data)
        values.pop("version")
        column = self.rows[values.pop("column")]
        film = values.pop("film")
        return Plan(column=column, unit=column.unit, film=MediaItem.objects.get(pk=film) if film else None, **values)


def interview_initial(row: Interview) -> dict[str, Any]:
    """Return an interview as its form shows it."""
    names = ("title", "title_en", "intro", "intro_en", "host", "guests", "starts_at", "ends_at", "version")
    return {name: getattr(row, name) for name in names} | {"column": row.column_id, "film": row.film_id or ""}


class QuestionForm(forms.Form):
    """One question. The fields shown are those of its kind."""

    title = forms.CharField(label=_("问题"), max_length=200, widget=WIDE)
    title_en = forms.CharField(label=_("问题（英文）"), max_length=200, required=False, widget=WIDE)
    hint = forms.CharField(label=_("填写提示"), max_length=200, required=False, widget=WIDE)
    required = forms.BooleanField(label=_("必答"), required=False)
    options = forms.CharField(
        label=_("选项"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("每行一个选项；要写英文的，用竖线隔开：满意 | Satisfied。"),
    )
    most = forms.IntegerField(label=_("最多选几项"), min_value=1, required=False, widget=forms.TextInput)
    points = forms.IntegerField(label=_("分为几级"), min_value=3, max_value=10, widget=forms.TextInput)
    low = forms.CharField(label=_("最低一级叫什么"), max_length=60, required=False)
    high = forms.CharField(label=_("最高一级叫什么"), max_length=60, required=False)
    least = forms.IntegerField(label=_("最小值"), required=False, widget=forms.TextInput)
    greatest = forms.IntegerField(label=_("最大值"), required=False, widget=forms.TextInput)
    when = forms.ChoiceField(
        label=_("什么时候显示"), required=False, help_text=_("可以只在前面的选择题选了某一项时才显示。")
    )
    OWN = {
        "single": ("options",),
        "multiple": ("options", "most"),
        "scale": ("points", "low", "high"),
        "number": ("least", "greatest"),
    }
    ALWAYS = ("title", "title_en", "hint", "required", "when")

    def __init__(self, kind: str, before: Sequence[Question], *args: Any, **kwargs: Any) -> None:
        """Keep the fields of the kind, and offer the choices of the questions before as conditions."""
        super().__init__(*args, **kwargs)
        wanted = {*self.ALWAYS, *self.OWN.get(kind, ())}
        for name in set(self.fields) - wanted:
            del self.fields[name]
        choices: list[tuple[str, Any]] = [("", _now("总是显示"))]
        for number, each in enumerate(before, 1):
            if each.kind in CHOSEN:
                group = [(f"{each.id}:{choice.value}", choice.title) for choice in each.choices]
                choices.append((f"{number}. {each.title}", group))
        self.fields["when"].choices = choices  # type: ignore[attr-defined]

    def clean_options(self) -> tuple[Choice, ...]:
        """Read one option a line; known words keep their values."""
        lines = [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]
        if len(lines) > MOST_OPTIONS:
            raise forms.ValidationError(_now("选项最多 30 个。"))
        known = {choice.title: choice.value for choice in self.initial.get("_options", ())}
        taken = set(known.values())
        made: list[Choice] = []
        for line in lines:
            zh, _bar, en = (part.strip() for part in line.partition("|"))
            value = known.pop(zh, "") or next(f"o{n}" for n in range(1, 999) if f"o{n}" not in taken)
            taken.add(value)
            made.append(Choice(value=value, title=zh[:200], title_en=en[:200]))
        return tuple(made)

    def question(self, key: str, kind: str) -> Question:
        """Return the question."""
        values = {name: value for name, value in self.cleaned_data.items() if value is not None and name != "when"}
        target, colon, value = self.cleaned_data.get("when", "").partition(":")
        when = When(question=target, values=(value,)) if colon else None
        return Question.model_validate({"id": key, "kind": kind, **values, "when": when})


def question_initial(question: Question) -> dict[str, Any]:
    """Return a question as its form shows it."""
    lines = (f"{each.title} | {each.title_en}" if each.title_en else each.title for each in question.options)
    when = f"{question.when.question}:{question.when.values[0]}" if question.when else ""
    return question.model_dump(exclude={"options", "when", "id", "kind"}) | {
        "options": "\n".join(lines),
        "_options": question.options,
        "when": when,
    }


class ExtendForm(forms.Form):
    """A longer period, with the reason."""

    closes_at = Moment(label=_("新的截止时间"))
    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class SeenForm(forms.Form):
    """That what the checks found was seen."""

    seen = forms.BooleanField(label=_("检查提示已逐条看过"), required=False)
