"""The living style guide: every component with invented content."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from django.core.paginator import Paginator
from django.shortcuts import render

from tongban.foundation.clock.now import now, today
from tongban.foundation.forms.binding import BoundStep, FileInfo, Help, bind
from tongban.foundation.forms.rules import FieldError, FormSpec, clean, example_answers, summary
from tongban.foundation.ui.charts import Day, FlowStep, HeatRow, bars
from tongban.foundation.ui.navigation import Group, Link

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

SAMPLE = Path(__file__).parent / "sample_form.yaml"
REGIONS = [("武汉市", [("420102", "江岸区"), ("420103", "江汉区")]), ("宜昌市", [("420502", "西陵区")])]
NAMES = {"420102": "湖北省武汉市江岸区", "420103": "湖北省武汉市江汉区", "420502": "湖北省宜昌市西陵区"}


def sample_form() -> FormSpec:
    """Return the sample form with every field type."""
    return FormSpec.model_validate(yaml.safe_load(SAMPLE.read_text(encoding="utf-8")))


def sample_steps(at: dt.datetime) -> list[BoundStep]:
    """Return the sample form's pages: filled in, with mistakes, and with known data."""
    spec = sample_form()
    day = at.date()
    example = example_answers(spec, today=day, file_id="plan")
    known = {
        name: {"value": example[name], "source": "identity.name", "at": at.isoformat()}
        for name in ("name", "credit_code")
    }
    help_with = Help(
        lambda _within, _level: REGIONS,
        lambda code: NAMES.get(code, code),
        {"plan": FileInfo("plan", "设备设施布局图.pdf", 1_240_000)},
    )
    typed = {**example, "area": "约二百八十平", "projects": ["hot", "cold"], "staff": [*example["staff"], {}]}
    wrong = [error for error in clean(spec, typed, step="premises", today=day).errors if "staff-0" not in error.path]
    return [
        bind(spec, "business", example, known=known, help_with=help_with),
        bind(spec, "premises", typed, errors=wrong, help_with=help_with),
        bind(
            spec,
            "declare",
            {**example, "opens_on": {"y": "2026", "m": "13", "d": ""}},
            errors=[FieldError("opens_on", "填写完整的年、月、日，如 2027-01-20")],
            help_with=help_with,
        ),
    ]


def content(at: dt.datetime) -> dict[str, Any]:
    """Return the invented content of the guide."""
    spec = sample_form()
    values = clean(spec, example_answers(spec, today=at.date()), today=at.date()).values
    return {
        "steps": sample_steps(at),
        "summary": summary(spec, values, region_name=lambda code: NAMES.get(code, code)),
        "moment": at,
        "flow": [
            FlowStep("提交", "done", "09-24"),
            FlowStep("受理", "done", "09-24"),
            FlowStep("现场核查", "late", "10-12，超 1 天"),
            FlowStep("审查", "cur", "第 1 天"),
            FlowStep("决定", "todo", "限 2 天"),
            FlowStep("送达", "todo", ""),
        ],
        "days": _days(),
        "chart": bars(
            [("江岸区", 97.2, "ok"), ("江汉区", 93.1, "ok"), ("武昌区", 82.4, "mid"), ("洪山区", 61.0, "bad")]
        ),
        "heat": [
            HeatRow("市场监管", ((12, 1), (25, 2), (48, 3), (96, 4), (0, 0))),
            HeatRow("住房建设", ((3, 1), (9, 1), (31, 2), (60, 3), (70, 4))),
        ],
        "heat_columns": ["江岸", "江汉", "硚口", "汉阳", "武昌"],
        "pager": Paginator(range(1, 121), 20).page(2),
        "side": [
            Group("我的工作", (Link("#", "待办", current=True, count=16), Link("#", "已办"))),
            Group("监察", (Link("#", "催办与督办", count=2),)),
        ],
        "demo_rows": [
            ("red", "超 1 天", "2026-10-15", "420102260923000276", "食品经营许可（新办）", "武汉汉口里食品有限公司"),
            ("amber", "今天到期", "2026-10-16", "420102260925000087", "小餐饮备案", "江岸区江滩烧烤店"),
            (
                "green",
                "剩 5 天",
                "2026-10-23",
                "420102261009000035",
                "食品经营许可（新办）",
                "武汉三阳路便利店有限公司",
            ),
            ("paused", "停计，补正", "", "420102261008000021", "特种设备使用登记", "武汉滨江物业服务有限公司"),
        ],
    }


def _days() -> list[Day]:
    marks = [("21", "out", ""), ("22", "out", ""), ("23", "out", ""), ("24", "", "受理"), ("25", "", "中秋")]
    marks += [("26", "", "休"), ("27", "", "休"), ("28", "on", "第1天"), ("29", "on", "第2天"), ("30", "on", "第3天")]
    marks += [("10/1", "", "国庆"), ("2", "stop", "停计"), ("3", "on today", "第4天"), ("4", "due", "到期")]
    return [Day(day, css, text) for day, css, text in marks]


def page(request: HttpRequest) -> HttpResponse:
    """Render the guide as a public page, a desk page (``?shell=desk``) or a print sheet (``?shell=print``)."""
    shell = request.GET.get("shell", "public")
    name = {"desk": "ui/styleguide_desk.html", "print": "ui/styleguide_print.html"}.get(shell, "ui/styleguide.html")
    values = content(now())
    if shell == "desk":
        values["side_menu"] = values["side"]
    return render(request, name, {**values, "today": today()})
