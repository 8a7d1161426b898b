"""Fills the site group with published items for benchmarks: texts put together from sentences, spread over all columns.

``fill(7_000)``, then ``fill(700_000)``: the same items and more. Each item has what publishing writes but its audit record:
row with search text and tokens, revision, event, placement; the columns get their counts and stamps. Rows are copied in by
ten thousand, each lot a transaction: a fill that was broken off goes on where it stopped.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import sys
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

from django.db import connection, transaction

from tongban.engines.publishing.indexing import article_grams, vector
from tongban.engines.publishing.rules.content import Content
from tongban.foundation.clock.now import CHINA, now
from tongban.foundation.text.normalize import key as folded_once

SEED = 20261121
MINUTES_BETWEEN = 0.75
"""700,000 items in a year of 525,600 minutes."""
PLACES = "武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江 天门 神农架 江岸 洪山 夷陵".split()  # noqa: SIM905
WHO = "省政府 市政府 市场监督管理局 教育局 卫生健康委员会 交通运输局 水利局 林业局 应急管理局 人力资源和社会保障局".split()  # noqa: SIM905
DOES = "召开会议研究 部署 推进 开展 组织 发布 公示 加强 优化 启动 通报 印发".split()  # noqa: SIM905
WHAT = (
    "政务服务一网通办|食品安全专项检查|秋粮收购质检服务|民生实事项目|营商环境评价|安全生产大检查|防汛抗旱准备工作|公共就业服务|"
    "义务教育招生入学|基层医疗机构建设|农村公路养护|森林防火宣传|电子证照互认|行政许可事项清单|消费者权益保护|企业开办便利化|"
    "药品零售许可管理|工程建设项目审批|社会保障卡服务|老年人助餐服务"
).split("|")
SENTENCES = (
    "会议指出，要坚持以人民为中心，把群众满意作为衡量工作的标准。|各地各部门要压实责任，细化措施，确保各项任务按期完成。|"
    "今年以来，全市共办理相关事项{n}件，按时办结率保持在百分之九十九以上。|工作人员深入社区和企业，面对面听取意见，现场解决问题{n}个。|"
    "下一步，将继续简化申请材料，压缩办理时限，推动更多事项网上办、掌上办。|市民可以通过网上办事大厅查询办理进度，也可以拨打12345热线咨询。|"
    "检查组重点查看了制度落实、台账记录和现场管理情况，对发现的{n}处问题提出整改要求。|公示期间如有异议，请以书面形式向受理单位反映，并提供联系方式。|"
    "有关单位要加强信息共享，凡是能够通过数据核验的材料，不再要求申请人提交。|活动现场发放宣传资料{n}份，解答群众咨询，受到欢迎。|"
    "各县（市、区）要建立工作台账，逐项明确责任单位、责任人和完成时限。|对工作推进不力、群众反映强烈的，将予以通报并督促整改。|"
    "据介绍，该项目总投资{n}万元，建成后将方便周边居民出行和办事。|申请人对决定不服的，可以依法申请行政复议或者提起行政诉讼。"
).split("|")
LEVELS = (
    ("法律", "全国人民代表大会常务委员会"),
    ("行政法规", "国务院"),
    ("地方性法规", "湖北省人民代表大会常务委员会"),
    ("规章", "湖北省人民政府"),
)
MANY = 50_000
LOT = 10_000
_FIELDS = (
    "id", "column_id", "unit_id", "kind", "status", "stage", "language", "title", "subtitle", "summary", "body", "source",
    "author", "keywords", "index_no", "doc_no", "written_on", "effective_on", "validity", "legal", "published_at",
    "first_published_at", "changed_at", "stage_since", "latest_n", "published_n", "approved_n", "created_at", "version",
    "search_title", "search_text", "search_grams",
)  # fmt: skip
_REVISED = ("article_id", "n", "content", "note", "at", "sha256")
_REST = (
    (
        "INSERT INTO publishing_placement (article_id, column_id, is_home, live, published_at)"
        " SELECT id, column_id, true, true, published_at FROM publishing_article WHERE id > %s"
    ),
    (
        "INSERT INTO publishing_editorialevent (article_id, act, stage, revision_n, by_name, at, was_late, reason, data)"
        " SELECT id, 'take_in', stage, 1, 'bench', published_at, false, '', '{}' FROM publishing_article WHERE id > %s"
    ),
)


def _title(chance: random.Random, number: int) -> str:
    return f"{chance.choice(PLACES)}{chance.choice(WHO)}{chance.choice(DOES)}{chance.choice(WHAT)}（第{number}号）"


def _figure(chance: random.Random) -> str:
    return str(chance.randint(1, 200) * 7)


def _sentence(chance: random.Random) -> str:
    return chance.choice(SENTENCES).replace("{n}", _figure(chance))


def _body(chance: random.Random) -> list[list[str]]:
    """Return paragraphs as the pieces they are put together of; about 1,000 characters."""
    return [
        [
            chance.choice(PLACES),
            "围绕",
            chance.choice(WHAT),
            "，",
            *(_sentence(chance) for _time in range(chance.randint(2, 5))),
        ]
        for _paragraph in range(chance.randint(4, 12))
    ]


def _law(chance: random.Random) -> list[list[str]]:
    figures = "一二三四五六七八九十"
    paragraphs = [["第一章　总则"]]
    for place in range(1, chance.randint(10, 30)):
        tens, ones = divmod(place, 10)
        label = (figures[tens - 1] if tens > 1 else "") + ("十" if tens else "") + (figures[ones - 1] if ones else "")
        paragraphs.append([f"第{label}条　", _sentence(chance), _sentence(chance)])
    return paragraphs


@cache
def _folded(piece: str) -> str:
    return folded_once(piece)


def articles(
    first: int, last: int, columns: list[tuple[int, int, str, str]], newest: dt.datetime
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of items with these numbers; the same number is always the same item."""
    weights = [1 / (place + 3) for place in range(len(columns))]
    for number in range(first, last + 1):
        chance = random.Random(SEED + number)  # noqa: S311 - texts for benchmarks
        column, unit, code, _kind = chance.choices(columns, weights)[0]
        at = newest - dt.timedelta(minutes=MINUTES_BETWEEN * number)
        title = _title(chance, number)
        law = code == "policy.local-regulations"
        document = code.startswith(("policy.", "open."))
        pieces = _law(chance) if law else _body(chance)
        body = "".join(f"<p>{''.join(paragraph)}</p>" for paragraph in pieces)
        kind = "document" if law or document else "notice" if code.endswith(("notices", "announcements")) else "news"
        doc_no = f"鄂政发〔{at.year}〕{number}号" if document else ""
        index = f"{420000 + column}-{number:09}" if document else ""
        level, issuer = chance.choice(LEVELS)
        legal = json.dumps({"level": level, "issuer": issuer} if law else {}, ensure_ascii=False)
        day = at.astimezone(CHINA).date()
        folded_title = folded_once(title)
        lines = [folded_title, *("".join(map(_folded, paragraph)) for paragraph in pieces)]
        folded = "\n".join(lines)
        grams = vector(article_grams(folded_title, folded, published_on=day, kind=kind))
        yield (
            number, column, unit, kind, "published", "done", "zh-hans", title, "", _sentence(chance), body, "", "", "", index,
            doc_no, day if document else None, day if law else None, "in_force" if law else "", legal, at, at, at, at, 1, 1, 1,
            at, 1, folded_title, folded, grams,
        )  # fmt: skip


def _revision(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the revision that holds an item's text, as an editor's would."""
    value = dict(zip(_FIELDS, row, strict=True))
    shared = {name: value[name] for name in Content.model_fields if name in value}
    content = Content(**(shared | {"legal": json.loads(value["legal"])}))
    text = json.dumps(content.plain(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return value["id"], 1, text, "", value["created_at"], hashlib.sha256(text.encode()).hexdigest()


def leaf_columns() -> list[tuple[int, int, str, str]]:
    """Return the columns that hold items of their own: id, unit, code in the scheme, kind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, unit_id, scheme_code, kind FROM publishing_column c WHERE mirror_of_id IS NULL AND is_open"
            " AND kind IN ('list', 'open_information', 'interactive', 'special') AND NOT EXISTS (SELECT 1 FROM publishing_column d WHERE d.parent_id = c.id)"
            " ORDER BY (site_id <> (SELECT id FROM publishing_site WHERE kind = 'main')), md5(id::text)"
        )
        return list(cursor.fetchall())


def _newest(have: int, at: dt.datetime) -> dt.datetime:
    """Return the moment that items count back from: that of the fill that was begun, if there was one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT published_at FROM publishing_article WHERE id = %s AND title LIKE %s", [have, f"%（第{have}号）"]
        )
        found = cursor.fetchone()
    return found[0] + dt.timedelta(minutes=MINUTES_BETWEEN * have) if found else at


def fill(to: int, *, at: dt.datetime) -> None:
    """Fill an installation up to a number of published items, and count what columns hold.

    Items that are there keep their numbers; what is already filled is not filled again.

    :param at: the moment of the newest item
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM publishing_article")
        have = cursor.fetchone()[0]
        cursor.execute("SELECT to_regclass('article_grams')")
        indexed = cursor.fetchone()[0] is not None
        if have >= to and indexed:
            return
        if to - have > MANY and indexed:  # an index made at once takes a fraction of the time of one that grows
            cursor.execute("DROP INDEX article_grams")
            indexed = False
        rows = articles(have + 1, to, leaf_columns(), _newest(have, at))
        while lot := list(islice(rows, LOT)):
            _write(lot)
        if not indexed:
            cursor.execute("SET maintenance_work_mem = '1GB'")
            cursor.execute(
                "CREATE INDEX article_grams ON publishing_article USING gin (search_grams) WITH (fastupdate = off)"
                " WHERE status = 'published'"
            )
        cursor.execute("SELECT setval(pg_get_serial_sequence('publishing_article', 'id'), %s)", [max(have, to)])
        cursor.execute(
            "UPDATE publishing_column c SET stamp = c.stamp + 1, published_count = p.n, last_published_at = p.last FROM"
            " (SELECT column_id, count(*) AS n, max(published_at) AS last FROM publishing_placement WHERE live GROUP BY 1) p"
            " WHERE p.column_id = coalesce(c.mirror_of_id, c.id)"
        )
        for table in ("article", "placement", "revision", "editorialevent", "column"):
            cursor.execute(f"VACUUM ANALYZE publishing_{table}")


def _write(lot: list[tuple[Any, ...]]) -> None:
    """Write items with everything that belongs to them."""
    with transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy(f"COPY publishing_article ({', '.join(_FIELDS)}) FROM STDIN") as copy:
            for row in lot:
                copy.write_row(row)
        with cursor.copy(f"COPY publishing_revision ({', '.join(_REVISED)}) FROM STDIN") as copy:
            for row in lot:
                copy.write_row(_revision(row))
        for sql in _REST:
            cursor.execute(sql, [lot[0][0] - 1])


if __name__ == "__main__":
    import django

    django.setup()
    fill(int(sys.argv[1]), at=now())
