"""Codes of the rules in the reader's words, with the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tongban.affairs.surveys.errors import SurveyRefusedError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from tongban.affairs.surveys.rules.questions import Mistake

KIND_TITLES: Mapping[str, _StrPromise] = {
    "single": gettext_lazy("单选题"),
    "multiple": gettext_lazy("多选题"),
    "scale": gettext_lazy("评分题"),
    "text": gettext_lazy("简答题（一行）"),
    "long": gettext_lazy("简答题（多行）"),
    "number": gettext_lazy("数字题"),
    "date": gettext_lazy("日期题"),
}
_REFUSALS: Mapping[str, str | _StrPromise] = {
    "wrong_stage": gettext_lazy("现在所处的环节不能这样办理，请刷新页面查看。"),
    "fixed": gettext_lazy("已送审或发布的问卷不能再改题目。要改的，请先退回编制；已经发布的，请复制成新的问卷。"),
    "conflict": gettext_lazy("在您编辑期间内容已被他人修改。请打开最新内容，再把您的修改加进去。"),
    "own_text": gettext_lazy("本人编制或修改过的内容应由他人审核。"),
    "no_reviewer": gettext_lazy("审核应由工作人员本人作出。"),
    "reason_missing": gettext_lazy("请写明理由。"),
    "times_crossed": gettext_lazy("截止时间应晚于开始时间。"),
    "past_close": gettext_lazy("截止时间已过，请改为以后的时间。"),
    "not_later": gettext_lazy("新的截止时间应晚于原来的截止时间，也晚于现在。"),
    "wrong_column": gettext_lazy("这个栏目不接收征集调查或访谈，请选择互动交流下的相应栏目。"),
    "article_missing": gettext_lazy("意见征集要附征求意见稿，请选择一篇已发布的文章。"),
    "not_ready": gettext_lazy("题目还有问题，请先改正。"),
    "most_questions": gettext_lazy("题目最多 60 道，请先删去一些。"),
    "blocking_findings": gettext_lazy("发布前检查发现必须处理的问题，请改正后再办理。"),
    "unseen_findings": gettext_lazy("发布前检查有提示，请逐条查看并确认。"),
    "not_open": gettext_lazy("这项调查还没有开始，请在开始后再参加。"),
    "closed": gettext_lazy("这项调查已经截止，不再接收回答。感谢关注。"),
    "account_needed": gettext_lazy("这项调查限实名账户参加，请先登录并完成实名认证。"),
    "already": gettext_lazy(
        "今天已经收到从这个网络和浏览器提交的回答，不能重复提交。如果是同一网络下的其他人，请登录后参加，或者明天再来。"
    ),
    "already_account": gettext_lazy("您的账户已经参加过这项调查，每个账户限一次。感谢参与。"),
    "too_many": gettext_lazy("这个网络一小时内提交的次数太多，请过一小时再试，或者登录后参加。"),
    "old_form": gettext_lazy("页面打开的时间太长。您填写的内容都在，请再提交一次。"),
    "wrong_answers": gettext_lazy("有几处需要改正。"),
    "results_early": gettext_lazy("还没有人参加，没有可以公布的结果。"),
    "nothing_to_summarize": gettext_lazy("只有已截止的意见征集需要公布采纳情况。"),
    "summary_empty": gettext_lazy("请写明总体情况；收到意见的，逐条写明是否采纳，不采纳的写明理由。"),
    "not_live": gettext_lazy("访谈没有在进行，不能添加文字。"),
    "no_questions_now": gettext_lazy("这场访谈现在不接收提问。"),
    "question_empty": gettext_lazy("请写下您的问题，不超过 500 字。"),
    "line_empty": gettext_lazy("请写明发言人和文字。"),
    "asked_enough": gettext_lazy("您今天向这场访谈提的问题已经够多，我们会逐条审看。"),
    "same_question": gettext_lazy("这个问题已经处理过了，请刷新页面查看。"),
}
_MISTAKES: Mapping[str, str | _StrPromise] = {
    "no_questions": gettext_lazy("还没有题目。"),
    "few_options": gettext_lazy("至少要有两个选项。"),
    "same_options": gettext_lazy("有两个选项的文字相同。"),
    "most_too_high": gettext_lazy("最多可选的个数超过了选项数。"),
    "limits_crossed": gettext_lazy("最小值大于最大值。"),
    "condition_later": gettext_lazy("显示条件看的题目在它后面，请调整顺序。"),
    "condition_unknown": gettext_lazy("显示条件里的选项已经没有了，请重新选择。"),
}
ACT_TITLES: Mapping[tuple[str, str], _StrPromise] = {
    ("survey", "save"): gettext_lazy("修改"),
    ("survey", "send"): gettext_lazy("送审"),
    ("survey", "send_back"): gettext_lazy("退回编制"),
    ("survey", "approve"): gettext_lazy("审核通过"),
    ("survey", "publish"): gettext_lazy("发布"),
    ("survey", "withdraw"): gettext_lazy("撤回"),
    ("survey", "extend"): gettext_lazy("延长期限"),
    ("survey", "close"): gettext_lazy("截止"),
    ("survey", "results"): gettext_lazy("公布结果"),
    ("summary", "save"): gettext_lazy("修改采纳情况"),
    ("summary", "send"): gettext_lazy("采纳情况送审"),
    ("summary", "send_back"): gettext_lazy("采纳情况退回"),
    ("summary", "approve"): gettext_lazy("采纳情况审核通过"),
    ("summary", "publish"): gettext_lazy("公布采纳情况"),
    ("interview", "save"): gettext_lazy("修改"),
    ("interview", "send"): gettext_lazy("送审"),
    ("interview", "send_back"): gettext_lazy("退回编制"),
    ("interview", "approve"): gettext_lazy("审核通过"),
    ("interview", "publish"): gettext_lazy("发布"),
    ("interview", "withdraw"): gettext_lazy("撤回"),
    ("interview", "begin"): gettext_lazy("开始访谈"),
    ("interview", "end"): gettext_lazy("结束访谈"),
    ("transcript", "save"): gettext_lazy("整理实录"),
    ("transcript", "send"): gettext_lazy("实录送审"),
    ("transcript", "send_back"): gettext_lazy("实录退回"),
    ("transcript", "approve"): gettext_lazy("实录审核通过"),
    ("transcript", "publish"): gettext_lazy("发布实录"),
}
DECISIONS: Mapping[str, _StrPromise] = {
    "adopted": pgettext_lazy("opinion", "采纳"),
    "partly": pgettext_lazy("opinion", "部分采纳"),
    "declined": pgettext_lazy("opinion", "不采纳"),
}


def refuse(code: str) -> SurveyRefusedError:
    """Return the refusal with a code."""
    return SurveyRefusedError(str(_REFUSALS[code]), code=code)


def mistake_text(mistake: Mistake) -> str:
    """Return what is wrong with a questionnaire, with the number of the question."""
    text = str(_MISTAKES[mistake.code])
    return _("第 %(number)s 题：%(text)s") % {"number": mistake.number, "text": text} if mistake.number else text
