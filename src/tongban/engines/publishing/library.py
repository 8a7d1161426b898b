"""Loads the statutes of a pack into the law library: one article a version, its provisions in the text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from tongban.engines.publishing.actions.drafting import content_of
from tongban.engines.publishing.actions.taking_in import take_in
from tongban.engines.publishing.actions.tracing import steps_of_text
from tongban.engines.publishing.models import Article, Column, Revision, Subject
from tongban.engines.publishing.rules.histories import REPEALS, of_note, title_key
from tongban.engines.publishing.schema import LawFile
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actor import system_actor
from tongban.foundation.packs.errors import PackError, Problem
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome

LEVELS = {
    "constitution": "宪法",
    "law": "法律",
    "regulation": "行政法规",
    "local_regulation": "地方性法规",
    "rule": "规章",
    "normative": "规范性文件",
}
ENDINGS = {"abolished": Article.Validity.ABOLISHED.value, "revised": Article.Validity.EXPIRED.value}


def load_laws(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Take the statutes into the library of the main site; a changed file becomes the next revision.

    :raises PackError: for wrong files, a code used twice, an unknown subject or successor, or no library column
    """
    laws, problems = _read(documents)
    column = (
        Column.objects.select_related("site", "unit")
        .filter(kind=Column.Kind.LIBRARY, mirror_of__isnull=True, is_open=True)
        .order_by("site__order", "pk")
        .first()
    )
    if column is None:
        problems.append(documents[0].problem((), "没有法规库栏目（kind: library），请先声明"))
    if problems or column is None:
        raise PackError(problems)
    outcome = Outcome()
    there = {row.legal.get("code", ""): row for row in Article.objects.filter(column=column)}
    sums = dict(
        Revision.objects.filter(article__in=there.values(), n__gt=0).order_by("n").values_list("article_id", "sha256")
    )
    by = system_actor("library")
    titles = {code: law.title for code, (law, _document) in laws.items()}
    for code, (law, _document) in laws.items():
        values = _content(law, titles, on=local_date(loading.at))
        known = there.get(code)
        changed = known is not None and sums.get(known.pk) != content_of(values).sha256
        if known is None or changed:
            there[code] = take_in(column=column, content=values, by=by, at=loading.at, article=known)
        outcome.count(created=known is None, changed=changed)
    _link(laws, there)
    return outcome


def _read(documents: Sequence[Document]) -> tuple[dict[str, tuple[LawFile, Document]], list[Problem]]:
    laws: dict[str, tuple[LawFile, Document]] = {}
    problems: list[Problem] = []
    subjects = set(Subject.objects.values_list("code", flat=True))
    for document in documents:
        try:
            law = parse(LawFile, document)
        except PackError as wrong:
            problems.extend(wrong.problems)
            continue
        if law.code in laws:
            problems.append(document.problem(("code",), f"代码 {law.code} 写了两次"))
        if law.subject and law.subject not in subjects:
            problems.append(document.problem(("subject",), f"没有这个主题代码：{law.subject}"))
        laws[law.code] = (law, document)
    for law, document in laws.values():
        if law.ended and law.ended.by and law.ended.by not in laws:
            problems.append(document.problem(("ended", "by"), f"没有这部法规：{law.ended.by}"))
    problems.extend(_contradictions(laws))
    return laws, problems


def _contradictions(laws: Mapping[str, tuple[LawFile, Document]]) -> Iterator[Problem]:
    """Find dates that contradict a statute's own note, and statutes that another repeals but that have no end."""
    by_title: dict[str, list[LawFile]] = {}
    for law, document in laws.values():
        by_title.setdefault(title_key(law.title), []).append(law)
        noted = of_note(law.note)
        if law.note and (not noted or noted[-1].on != law.version_on):
            told = noted[-1].on if noted else "没有"
            yield document.problem(("note",), f"题注最后的日期（{told}）应为本文本的日期 {law.version_on}")
    for law, document in laws.values():
        for step in steps_of_text(markup(law.text), law.note, law.version_on):
            for older in by_title.get(title_key(step.cited), []) if step.act == REPEALS else []:
                if older.version_on < law.version_on and older.ended is None:
                    yield document.problem(("text",), f"《{step.cited}》由本文件废止，{older.code} 应写 ended")


def _content(law: LawFile, titles: Mapping[str, str], *, on: dt.date) -> dict[str, Any]:
    over = law.ended is not None and law.ended.date <= on
    legal = {"code": law.code, "level": LEVELS[law.level], "issuer": law.issuer}
    if law.note:
        legal["note"] = law.note
    if law.text_from:
        legal["text_from"] = law.text_from
    if law.ended:
        legal["ending"] = ENDINGS[law.ended.how]
    if law.ended and law.ended.by:
        legal["successor"] = titles[law.ended.by]
    return {
        "title": law.title,
        "body": markup(law.text),
        "source": law.issuer,
        "kind": "document",
        "doc_no": law.doc_no,
        "subject": law.subject,
        "written_on": law.version_on,
        "effective_on": law.in_force_from,
        "validity": ENDINGS[law.ended.how] if law.ended and over else "in_force",
        "abolished_on": law.ended.date if law.ended else None,
        "legal": legal,
    }


def markup(text: str) -> str:
    """Return a statute's lines as markup."""
    parts = []
    for line in text.splitlines():
        if line.startswith("## "):
            parts.append(f"<h3>{escape(line[3:].strip())}</h3>")
        elif line.startswith("# "):
            parts.append(f"<h2>{escape(line[2:].strip())}</h2>")
        elif line.strip():
            parts.append(f"<p>{escape(line.strip())}</p>")
    return "".join(parts)


def _link(laws: Mapping[str, tuple[LawFile, Document]], there: Mapping[str, Article]) -> None:
    """Point what is no longer in force to what took its place."""
    for code, (law, _document) in laws.items():
        successor = there[law.ended.by].pk if law.ended and law.ended.by else None
        if there[code].abolished_by_id != successor:
            Article.objects.filter(pk=there[code].pk).update(abolished_by_id=successor)
