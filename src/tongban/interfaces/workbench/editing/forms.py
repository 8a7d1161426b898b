"""The forms of the editors' desk: an article, and what an act asks for."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_prose_editor.config import expand_extensions

from tongban.engines.publishing.models import Article, Column, MediaItem, Site, Subject
from tongban.engines.publishing.rules.content import Content
from tongban.foundation.clock.now import CHINA
from tongban.foundation.files.models import StoredFile
from tongban.foundation.packs.localized import localized

if TYPE_CHECKING:
    from tongban.foundation.organizations.actor import Actor

EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Underline": True,
    "Strike": True,
    "Subscript": True,
    "Superscript": True,
    "Heading": {"levels": [2, 3, 4]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HorizontalRule": True,
    "Link": {"enableTarget": False},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "Image": True,
    "Block": True,
    "Looks": True,
    "History": True,
}
"""What the editor offers; the markup that comes in is cleaned all the same. ``Block`` and ``Looks`` are our own."""
MOST_PICTURES = 60
TEXT_FIELDS = ("title", "subtitle", "summary", "body", "source", "author", "keywords", "kind", "language", "doc_no")
CLOSED_KINDS = (Column.Kind.TOP, Column.Kind.SERVICE, Column.Kind.INTERACTIVE)


def column_choices(site: Site) -> list[tuple[str, Any]]:
    """Return the columns of a site that take articles, below their top columns."""
    rows = Column.objects.filter(site=site, is_open=True, mirror_of__isnull=True).select_related("parent")
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows.exclude(kind__in=CLOSED_KINDS).order_by("order", "pk"):
        groups.setdefault(localized(row.parent.name) if row.parent else "", []).append(
            (str(row.pk), localized(row.name))
        )
    return [("", _("请选择栏目")), *((name, lines) if name else lines[0] for name, lines in groups.items())]


def picture_choices(actor: Actor, held: int | None) -> list[tuple[str, Any]]:
    """Return the newest pictures of the actor's unit, and the one in use."""
    rows = MediaItem.objects.filter(kind=MediaItem.Kind.IMAGE, unit=actor.unit).order_by("-pk")[:MOST_PICTURES]
    found = {row.pk: row.title for row in rows}
    if held is not None and held not in found:
        found |= dict(MediaItem.objects.filter(pk=held).values_list("pk", "title"))
    return [("", _("不用题图")), *((str(key), title) for key, title in found.items())]


class Day(forms.DateField):
    """A date, typed or picked."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Moment(forms.DateTimeField):
    """A moment in China, typed or picked."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> dt.datetime | None:
        """Read it as a time in China."""
        read = super().to_python(value)
        return read.replace(tzinfo=CHINA) if read is not None else None


MOST_RELATED = 6
_ARTICLE = re.compile(r"(?:^|/articles/)([0-9]{1,18})/?$")


class ArticleForm(forms.Form):
    """Everything an editor may change in an article."""

    title = forms.CharField(label=_("标题"), max_length=200)
    subtitle = forms.CharField(label=_("副标题"), max_length=200, required=False)
    column = forms.ChoiceField(label=_("所属栏目"))
    kind = forms.ChoiceField(label=pgettext_lazy("article", "类别"), choices=Article.Kind.choices)
    body = forms.CharField(label=_("正文"), required=False, widget=forms.Textarea(attrs={"rows": 18}), strip=False)
    summary = forms.CharField(
        label=_("摘要"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("列表和分享时显示，一两句话。"),
    )
    image = forms.ChoiceField(label=_("题图"), required=False)
    source = forms.CharField(
        label=pgettext_lazy("article", "来源"),
        max_length=100,
        required=False,
        help_text=_("转载的写原发布机构；不写就显示本单位。"),
    )
    author = forms.CharField(label=_("作者"), max_length=100, required=False)
    keywords = forms.CharField(label=_("关键词"), max_length=200, required=False, help_text=_("用逗号分开。"))
    related = forms.CharField(
        label=_("相关稿件"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("稿件的编号或网址，一行一篇，最多 6 篇。不填就按正文里的链接、栏目、主题和标题自动找。"),
    )
    language = forms.ChoiceField(label=_("语言"), choices=[("zh-hans", _("中文")), ("en", _("英文"))])
    doc_no = forms.CharField(label=_("发文字号"), max_length=60, required=False)
    subject = forms.ChoiceField(label=_("主题分类"), required=False)
    written_on = Day(label=_("成文日期"), required=False)
    effective_on = Day(label=_("施行日期"), required=False)
    validity = forms.ChoiceField(label=_("有效性"), required=False, choices=Article.Validity.choices)
    abolished_on = Day(label=_("废止日期"), required=False)
    note = forms.CharField(
        label=_("修改说明"), max_length=200, required=False, help_text=_("这次改了什么，写在修改记录里。")
    )

    def __init__(self, *args: Any, actor: Actor, site: Site, held: int | None = None, **kwargs: Any) -> None:
        """Offer the columns of a site and the pictures of the actor's unit."""
        super().__init__(*args, **kwargs)
        choices: dict[str, Sequence[Any]] = {
            "column": column_choices(site),
            "image": picture_choices(actor, held),
            "subject": [("", _("不属于信息公开目录")), *_subjects()],
        }
        for name, values in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = values
        config = {"extensions": expand_extensions(EXTENSIONS), "js_modules": []}
        self.fields["body"].widget.attrs["data-prose"] = json.dumps(config, separators=(",", ":"))

    def clean_related(self) -> list[int]:
        """Return the numbers of the articles named."""
        lines = [line.strip() for line in str(self.cleaned_data["related"]).splitlines() if line.strip()]
        found = [match for line in lines if (match := _ARTICLE.search(line))]
        if len(found) < len(lines):
            raise forms.ValidationError(_("有一行不是稿件的编号或网址。"))
        if len(found) > MOST_RELATED:
            raise forms.ValidationError(_("最多 6 篇。"))
        return list(dict.fromkeys(int(match.group(1)) for match in found))

    def content(self, attachments: Iterable[dict[str, str]]) -> dict[str, Any]:
        """Return what was filled in as the engine takes it."""
        values = self.cleaned_data
        content = {name: values[name] for name in TEXT_FIELDS}
        content |= {"image": int(values["image"]) if values["image"] else None, "attachments": list(attachments)}
        content |= {name: values[name] for name in ("written_on", "effective_on", "abolished_on")}
        return content | {name: values[name] for name in ("subject", "validity", "related")}


def _subjects() -> list[tuple[str, Any]]:
    rows = Subject.objects.select_related("parent").order_by("path")
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        if row.parent is not None:
            groups.setdefault(localized(row.parent.name), []).append((row.code, localized(row.name)))
    return list(groups.items())


def initial_of(content: Content, column: Column) -> dict[str, Any]:
    """Return a stored text as the form shows it."""
    values = content.model_dump(exclude={"attachments", "legal"})
    shown = {"column": str(column.pk), "image": str(content.image) if content.image else ""}
    return values | shown | {"related": "\n".join(str(pk) for pk in content.related)}


def kept_files(keys: Iterable[str], names: Iterable[str]) -> list[dict[str, str]]:
    """Return the attachments that a form sends back; unknown files are left out."""
    wanted = [(key, name.strip()[:200]) for key, name in zip(keys, names, strict=False)]
    known = set()
    for key, _name in wanted:
        known |= (
            {str(pk) for pk in StoredFile.objects.filter(pk=key).values_list("pk", flat=True)}
            if _is_key(key)
            else set()
        )
    return [{"file": key, "name": name or key} for key, name in wanted if key in known]


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


class ReasonForm(forms.Form):
    """An act that must say why."""

    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class NoteForm(forms.Form):
    """An act to which something may be said."""

    note = forms.CharField(label=_("说明"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class OfferForm(NoteForm):
    """Submit to the home column, or to a further one of a site above."""

    column = forms.ChoiceField(label=_("报送到"), required=False)

    def __init__(self, *args: Any, columns: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        """Offer the columns."""
        super().__init__(*args, **kwargs)
        field = self.fields["column"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = columns
        self.order_fields(["column", "note"])


class AcceptForm(forms.Form):
    """Take a submission, with points for the unit."""

    points = forms.IntegerField(label=_("得分"), min_value=0, max_value=100, help_text=_("计入报送单位的季度通报。"))


class ApproveForm(forms.Form):
    """Approve a text."""

    opinion = forms.CharField(
        label=_("审核意见"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    seen = forms.BooleanField(label=_("检查提示已逐条看过"), required=False)


class PublishForm(forms.Form):
    """Publish now or later, for good or until a moment."""

    publish_at = Moment(label=_("定时发布"), required=False, help_text=_("不填就立即发布。"))
    expires_at = Moment(label=_("到期自动撤下"), required=False)


class WithdrawForm(ReasonForm):
    """Take an article back."""

    public_note = forms.CharField(
        label=_("对外说明"), max_length=300, required=False, help_text=_("原地址上显示给读者，可以不填。")
    )


class ColumnsForm(forms.Form):
    """Share to further columns."""

    columns = forms.MultipleChoiceField(label=_("共享到"), widget=forms.SelectMultiple(attrs={"size": 10}))

    def __init__(self, *args: Any, columns: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        """Offer the columns."""
        super().__init__(*args, **kwargs)
        field = self.fields["columns"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = columns


class PlaceForm(forms.Form):
    """One of the columns that show the article."""

    column = forms.ChoiceField(label=_("栏目"))

    def __init__(self, *args: Any, columns: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        """Offer the columns."""
        super().__init__(*args, **kwargs)
        field = self.fields["column"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = columns


class PinForm(PlaceForm):
    """On top of a column, for a time."""

    until = Moment(label=_("置顶到"), required=False, help_text=_("不填就一直置顶。"))


class HideForm(PlaceForm):
    """Left out of a column."""

    reason = forms.CharField(label=_("理由"), max_length=200)


class PictureForm(forms.Form):
    """A picture for the library."""

    upload = forms.FileField(label=_("图片文件"), help_text=_("JPEG 或 PNG，20 MB 以内。"))
    title = forms.CharField(label=_("名称"), max_length=120, required=False, help_text=_("不填就用文件名。"))
    alt = forms.CharField(
        label=_("替代文字"), max_length=300, help_text=_("看不见图片的人会听到这段文字，写清图里是什么。")
    )
    credit = forms.CharField(label=_("作者或来源"), max_length=100, required=False)


class DescribeForm(forms.Form):
    """What is said of a picture."""

    title = forms.CharField(label=_("名称"), max_length=120)
    alt = forms.CharField(label=_("替代文字"), max_length=300)
    credit = forms.CharField(label=_("作者或来源"), max_length=100, required=False)


class WordForm(forms.Form):
    """A wording to look for."""

    text = forms.CharField(label=_("词语"), max_length=60)
    kind = forms.ChoiceField(
        label=pgettext_lazy("word", "类别"),
        choices=[("wrong", _("错别字、用词不当")), ("sensitive", _("敏感表述")), ("name", _("名称不规范"))],
    )
    replacement = forms.CharField(label=_("建议改为"), max_length=60, required=False)
    blocks = forms.BooleanField(label=_("出现就不能发布"), required=False)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)
