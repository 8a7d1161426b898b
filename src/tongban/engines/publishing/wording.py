"""Says codes of the rules in the reader's words, with the remedy."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.engines.publishing.rules.checks import Finding

_REFUSALS: Mapping[str, str | Promise] = {
    "wrong_stage": gettext_lazy("稿件目前所处的环节不能这样办理，请刷新页面查看。"),
    "nothing_published": gettext_lazy("稿件还没有发布过，不需要更正。"),
    "not_approved": gettext_lazy("最新的稿件内容没有经过审核，请先送审。"),
    "own_text": gettext_lazy("本人起草或修改过的稿件应由他人审核。"),
    "no_reviewer": gettext_lazy("审核应由工作人员本人作出。"),
    "locked": gettext_lazy("稿件正由{name}编辑，{until}前请勿同时修改，或请对方结束编辑。"),
    "conflict": gettext_lazy("在您编辑期间稿件已被他人修改。请打开最新内容，再把您的修改加进去。"),
    "column_closed": gettext_lazy("栏目“{column}”不接收稿件，请选择其他栏目。"),
    "reason_missing": gettext_lazy("请写明理由。"),
    "already_there": gettext_lazy("稿件已在栏目“{column}”显示。"),
    "already_offered": gettext_lazy("稿件已报送到栏目“{column}”，请等待处理。"),
    "not_offered": gettext_lazy("没有待处理的报送，请刷新页面查看。"),
    "not_public": gettext_lazy("稿件目前没有发布。"),
    "not_shown_here": gettext_lazy("栏目“{column}”没有显示这篇稿件。"),
    "home_column": gettext_lazy("这是稿件所属的栏目，不能取消共享；需要撤下的，请撤回稿件。"),
    "home_fixed": gettext_lazy("发布过的稿件不能换所属栏目；需要在其他栏目显示的，请共享或报送。"),
    "outside_group": gettext_lazy("只能直接共享到本站和下级站点的栏目；其他站点请用报送。"),
    "past_moment": gettext_lazy("时间应晚于现在。"),
    "blocking_findings": gettext_lazy("发布前检查发现必须处理的问题，请改正后再审核。"),
    "unseen_findings": gettext_lazy("发布前检查有提示，请逐条查看并确认。"),
    "no_such_revision": gettext_lazy("没有这个版次。"),
    "not_withdrawn": gettext_lazy("稿件没有被撤回。"),
    "not_word": gettext_lazy("只能导入 Word 文档（.docx），请另存为这种格式。"),
    "unreadable_word": gettext_lazy("这个 Word 文档读不出来，请用 Word 打开后重新保存。"),
    "alt_missing": gettext_lazy("图片要写替代文字，读屏软件会读出它。"),
    "not_image": gettext_lazy("这不是能显示的图片，请使用 JPEG 或 PNG 格式。"),
    "no_unit": gettext_lazy("请先选择任职单位。"),
    "same_language": gettext_lazy("译文和原文应为两种语言，原文不能是译文。"),
    "no_columns": gettext_lazy("请至少选择一个栏目。"),
    "too_often": gettext_lazy("今天申请的次数太多，请明天再试。已经收到的确认邮件仍然有效。"),
    "word_known": gettext_lazy("词表里已有这个词。"),
}
_FINDINGS: Mapping[str, str | Promise] = {
    "identity_number": gettext_lazy("含有公民身份号码，请删去或隐去中间各位"),
    "bank_card": gettext_lazy("含有银行卡号，请删去或隐去"),
    "phone_number": gettext_lazy("含有手机号码，请确认可以公开"),
    "word_wrong": gettext_lazy("可能是错别字或用词不当"),
    "word_sensitive": gettext_lazy("敏感表述"),
    "word_name": gettext_lazy("名称不规范"),
    "missing_alt": gettext_lazy("图片没有替代文字"),
    "dead_link": gettext_lazy("链接的文章没有发布或已撤回"),
    "outside_link": gettext_lazy("链接到本平台以外的网站，请确认可以打开"),
    "empty_body": gettext_lazy("没有正文"),
    "missing_source": gettext_lazy("没有写来源"),
    "missing_subject": gettext_lazy("信息公开内容要选主题分类"),
    "missing_written_on": gettext_lazy("信息公开内容要写成文日期"),
    "written_in_future": gettext_lazy("成文日期晚于今天"),
    "missing_summary": gettext_lazy("正文较长，建议写摘要"),
    "title_punctuation": gettext_lazy("标题末尾有多余的标点"),
}
_FIELDS: Mapping[str, str | Promise] = {
    "title": gettext_lazy("标题"),
    "subtitle": gettext_lazy("副标题"),
    "summary": gettext_lazy("摘要"),
    "body": gettext_lazy("正文"),
    "source": gettext_lazy("来源"),
    "author": gettext_lazy("作者"),
    "keywords": gettext_lazy("关键词"),
    "kind": gettext_lazy("类别"),
    "language": gettext_lazy("语言"),
    "image": gettext_lazy("题图"),
    "doc_no": gettext_lazy("发文字号"),
    "subject": gettext_lazy("主题分类"),
    "written_on": gettext_lazy("成文日期"),
    "effective_on": gettext_lazy("施行日期"),
    "validity": gettext_lazy("有效性"),
    "abolished_on": gettext_lazy("废止日期"),
    "legal": gettext_lazy("公开信息"),
    "attachments": gettext_lazy("附件"),
    "related": gettext_lazy("相关稿件"),
}
_MISTAKES: Mapping[str, str | Promise] = {
    "missing": gettext_lazy("请填写。"),
    "string_too_short": gettext_lazy("请填写。"),
    "string_too_long": gettext_lazy("文字太长，请缩短。"),
    "unknown": gettext_lazy("没有这一项，请重新选择或上传。"),
    "value_error": gettext_lazy("废止日期不能早于成文日期。"),
}


def refusal(code: str, **values: str) -> str:
    """Return the sentence for a refused act."""
    return str(_REFUSALS[code]).format(**values)


def finding_text(finding: Finding) -> str:
    """Return what a finding says, without its excerpt."""
    return str(_FINDINGS[finding.code])


def field_title(field: str) -> str:
    """Return what a field of the content is called."""
    return str(_FIELDS[field])


def mistake(kind: str) -> str:
    """Return the sentence for a value that the content does not take."""
    return str(_MISTAKES.get(kind) or _("填写的内容不符合要求，请检查。"))
