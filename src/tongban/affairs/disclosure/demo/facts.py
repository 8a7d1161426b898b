"""Texts made of what the platform really holds: guides of services, the calendar, the register of regions."""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import Any

from django.db.models import Count

from tongban.engines.cases.models import Case
from tongban.engines.catalog.queries import guide, published
from tongban.engines.publishing.models import Article, Column
from tongban.engines.publishing.statutes import provisions
from tongban.foundation.clock.models import CalendarDay
from tongban.foundation.organizations.models import Region
from tongban.foundation.organizations.paths import under

MOST_TIPS = 24
QUOTED = (3, 5, 7)
"""How many provisions an explanation of a statute quotes, by its length."""


def service_tips() -> list[dict[str, Any]]:
    """Return a tip for each kind of service, from its guide: who, what to bring, how long, where."""
    seen: set[int] = set()
    tips: list[dict[str, Any]] = []
    for row in published().order_by("standard_item_id", "code"):
        if row.standard_item_id in seen or len(tips) >= MOST_TIPS:
            continue
        seen.add(row.standard_item_id)
        found = guide(row.code)
        if found is None:
            continue
        materials = "".join(f"<li>{escape(str(material.name))}</li>" for material in found.materials)
        conditions = "".join(f"<li>{escape(str(text))}</li>" for text in found.conditions)
        times = [
            f"法定时限：{found.statutory.text}" if found.statutory else "",
            f"承诺时限：{found.promised.text}" if found.promised else "",
        ]
        body = (
            f"<p>{escape(str(found.description))}</p><h2>申请条件</h2><ul>{conditions}</ul><h2>需要的材料</h2><ul>{materials}</ul>"
            f"<h2>办理时限</h2><p>{escape('；'.join(text for text in times if text) or '当场办结')}。</p>"
            f'<p><a href="/hall/items/{escape(found.code)}/">查看办事指南</a></p>'
        )
        title = f"怎么办理“{found.title}”？"
        tips.append({"title": title[:200], "body": body, "source": str(found.unit), "kind": "notice"})
    return tips


def holidays(year: int) -> dict[str, Any] | None:
    """Return the year's holidays and make-up workdays as the State Council arranged them; none if not published."""
    rows = CalendarDay.objects.filter(
        calendar_year__year=year, calendar_year__jurisdiction="", calendar_year__status="official"
    )
    days: dict[str, tuple[list[dt.date], list[dt.date]]] = {}
    for row in rows.order_by("day"):
        days.setdefault(row.name or "节假日", ([], []))[row.is_workday].append(row.day)
    if not days:
        return None
    lines = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{_days(off)}</td><td>{_days(work) or "无"}</td></tr>'
        for name, (off, work) in days.items()
        if off
    )
    return {
        "title": f"{year}年节假日放假和调休安排",
        "body": (
            f"<p>根据国务院办公厅关于{year}年部分节假日安排的通知，放假和调休日期如下。本平台的办理期限按此计算。</p>"
            f'<table><caption>{year}年放假和调休</caption><thead><tr><th scope="col">节日</th><th scope="col">放假</th>'
            f'<th scope="col">调休上班</th></tr></thead><tbody>{lines}</tbody></table>'
        ),
        "source": "国务院办公厅",
        "kind": "document",
        "subject": "B01",
        "written_on": f"{year - 1}-11-04",
        "validity": "in_force",
    }


def _days(days: list[dt.date]) -> str:
    return "、".join(f"{day.month}月{day.day}日" for day in days)


def divisions(region: Region) -> dict[str, Any]:
    """Return the table of a region's divisions, from the register of regions."""
    below = Region.objects.filter(parent=region).annotate(n=Count("children")).order_by("code")
    rows = "".join(
        f'<tr><th scope="row">{escape(row.name)}</th><td>{row.code}</td><td>{row.n or "—"}</td></tr>' for row in below
    )
    return {
        "title": f"{region.name}行政区划",
        "body": (
            f"<p>{escape(region.name)}共辖{len(below)}个下级行政区划。资料来自国家地名信息库。</p><table><caption>{escape(region.name)}行政区划</caption>"
            f'<thead><tr><th scope="col">名称</th><th scope="col">区划代码</th><th scope="col">下辖数</th></tr></thead><tbody>{rows}</tbody></table>'
        ),
        "source": "国家地名信息库",
        "kind": "page",
    }


def explanations(limit: int) -> list[dict[str, Any]]:
    """Return readings of statutes in force: some of their provisions word by word, with a link to the whole."""
    laws = Article.objects.filter(
        column__kind=Column.Kind.LIBRARY, status=Article.Status.PUBLISHED, validity=Article.Validity.IN_FORCE
    )
    found = []
    for law in laws.order_by("pk")[:limit]:
        parts = [part for part in provisions(law.body) if part.kind == "article"]
        step = max(1, len(parts) // QUOTED[min(2, len(parts) // 60)])
        quoted = "".join(
            f"<h3>{escape(part.label)}</h3>" + "".join(f"<p>{escape(text)}</p>" for text in part.paragraphs)
            for part in parts[::step]
        )
        short = law.title.removeprefix("中华人民共和国")
        found.append(
            {
                "title": f"一起学法：《{short}》的重点条文",
                "summary": f"摘录《{law.title}》的部分条文，全文见法律法规库。",
                "body": f'<p>下面摘录《{escape(law.title)}》的部分条文。</p>{quoted}<p><a href="/articles/{law.pk}/">阅读全文</a></p>',
                "source": law.title,
                "kind": "interpretation",
            }
        )
    return found


def annual_report(year: int, place: str, office: str, *, region_path: str) -> dict[str, Any]:
    """Return the year's report on open information (政府信息公开条例 Art. 50) with figures counted on this platform."""
    items = Article.objects.filter(
        under("unit__region_path", region_path), status=Article.Status.PUBLISHED, published_at__year=year
    )
    normative = items.filter(kind=Article.Kind.DOCUMENT).exclude(column__kind=Column.Kind.LIBRARY)
    decided = Case.objects.filter(under("region_path", region_path), decided_at__year=year)
    rows = (
        ("主动公开信息（条）", items.count()),
        ("制发规范性文件（件）", normative.count()),
        ("现行有效规范性文件（件）", normative.filter(validity=Article.Validity.IN_FORCE).count()),
        ("处理行政许可决定（件）", decided.count()),
    )
    table = "".join(f'<tr><th scope="row">{title}</th><td>{figure}</td></tr>' for title, figure in rows)
    return {
        "title": f"{place}{year}年政府信息公开工作年度报告（演示）",
        "summary": f"{place}{year}年主动公开政府信息的情况，数字由本平台统计。",
        "body": (
            f"<h2>一、总体情况</h2><p>{escape(office)}依照《中华人民共和国政府信息公开条例》编制本报告。统计期为{year}年1月1日至12月31日，"
            "数字由本平台的演示数据统计得出。</p><h2>二、主动公开政府信息情况</h2>"
            f'<table><caption>{year}年主动公开政府信息情况</caption><thead><tr><th scope="col">项目</th><th scope="col">数量</th></tr></thead>'
            f"<tbody>{table}</tbody></table><h2>三、收到和处理政府信息公开申请情况</h2><p>统计期内本平台没有受理政府信息公开申请。</p>"
            "<h2>四、因政府信息公开工作被申请行政复议、提起行政诉讼情况</h2><p>无。</p>"
            "<h2>五、存在的主要问题及改进情况</h2><p>部分栏目更新不及时，已由网站检查列入整改清单，责任单位限期更新。</p>"
            "<h2>六、其他需要报告的事项</h2><p>无。</p>"
        ),
        "source": office,
        "kind": "information",
        "subject": "A15",
        "written_on": f"{year + 1}-01-20",
    }


def guide_to_information(place: str, office: str) -> dict[str, Any]:
    """Return the guide to open information with what 政府信息公开条例 Art. 12 demands."""
    return {
        "title": f"{place}政府信息公开指南",
        "body": (
            "<h2>一、信息分类和编排体系</h2><p>主动公开的政府信息按主题和机构分类，每条信息有索引号、名称、内容概述、生成日期。</p>"
            "<h2>二、获取方式</h2><p>主动公开的信息在本网站“政务公开”栏目发布，可以按主题、机构和年份查询，也可以搜索全文。"
            "没有主动公开的信息，可以依法申请公开。</p>"
            f"<h2>三、政府信息公开工作机构</h2><p>机构名称：{escape(office)}；办公地址：政务服务中心（演示地址）；办公时间：工作日9:00至12:00，"
            "13:30至17:00；联系电话：000-00000000；传真：000-00000000；互联网联系方式：本网站“我要咨询”栏目。</p>"
            "<h2>四、监督和救济</h2><p>公民、法人或者其他组织认为行政机关未按照要求主动公开政府信息或者对申请不依法答复处理的，"
            "可以向政府信息公开工作主管部门提出，也可以依法申请行政复议或者提起行政诉讼。</p>"
        ),
        "source": office,
        "kind": "page",
    }
