"""The history of a statute, read from its own words: the note below its title (题注) and its closing articles.

A note tells when a text was adopted, promulgated and amended, and by which decisions; the closing articles tell since when it
is in force and what it repeals. Both follow fixed forms, so they are read by rule and never guessed: what does not fit is left out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tongban.foundation.text.normalize import key

PASSED, ISSUED, APPROVED = "passed", "issued", "approved"
AMENDED, REVISED = "amended", "revised"
EFFECTIVE, REPEALS = "effective", "repeals"
CHANGES = (AMENDED, REVISED)

_DATE = r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日"
_STEP = re.compile(
    _DATE
    + r"(?P<who>(?:(?!\d{4}\s*年\s*\d{1,2}\s*月).)*?)(?P<words>(?:第[一二三四五六七八九十]+次)?(?:通过|公布|发布|批准|修正|修订|修改))"
    r"(?=$|[\s\u3000，,；;。）)]|自|根据|\d{4}\s*年)"
)
_CITED = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》(?:[（(]([^（）()]*?(?:第\s*\d+\s*号|\d+\s*号))[）)])?")
_ACTS = {
    "通过": PASSED,
    "公布": ISSUED,
    "发布": ISSUED,
    "批准": APPROVED,
    "修正": AMENDED,
    "修改": AMENDED,
    "修订": REVISED,
}
_NUMBER = re.compile(r"[一二三四五六七八九十]+")
_FIGURES = {char: n for n, char in enumerate("一二三四五六七八九十", start=1)}
_ANY_DATE = re.compile(_DATE)
_IN_FORCE = re.compile(r"自\s*" + _DATE + r"\s*起?\s*(?:施行|实施|生效)")
_REPEALING = re.compile(r"(?:同时|予以|即行)?废止")
_AT_ONCE = re.compile(r"自(?:公布|发布|印发|颁布)之日起(?:施行|实施|生效)")
_ISSUED_BEFORE = re.compile(r"([\u4e00-\u9fff、]{2,40}?)(?:发布|颁布|公布|印发)(?:实施|施行)?的$")
_OWN = ("本法", "本条例", "本办法", "本规定", "本细则", "本规则", "本决定", "本规范")


@dataclass(frozen=True, slots=True)
class Step:
    """One event in the life of a statute.

    :param act: one of the constants of this module
    :param on: its day; None for a repeal in a text that does not name the day it comes into force
    :param by: who adopted or issued it, as written
    :param cited: the title of the amending decision, or of what is repealed, without the outer marks
    :param doc_no: the number of what is cited
    :param times: 1 for the first amendment (第一次修正), 2 for the second; 0 where the text does not count
    """

    act: str
    on: dt.date | None
    by: str = ""
    cited: str = ""
    doc_no: str = ""
    times: int = 0


def title_key(title: str) -> str:
    """Return what titles of acts are compared by: the organ before 关于修改 may be left out where an act is cited."""
    folded = key(title)
    at = folded.find("关于修改")
    return folded[at:] if at > 0 and folded.endswith("决定") else folded


def of_note(note: str) -> list[Step]:
    """Return the events that the note below a title tells, in its order."""
    steps = []
    for match in _STEP.finditer(note.strip().strip("（）()")):
        day = _day(match[1], match[2], match[3])
        if day is None:
            continue
        who, words = match["who"].strip(), match["words"]
        cited = _CITED.search(who)
        counted = _NUMBER.search(words) if words.startswith("第") else None
        steps.append(
            Step(
                _ACTS[words[-2:]],
                day,
                by=(who[: cited.start()] if cited else who).strip(" 　，"),
                cited=_plain_title(cited[1]) if cited else "",
                times=_value(counted[0]) if counted else 0,
            )
        )
    return steps


def of_closing(paragraphs: Sequence[str], issued: dt.date | None = None) -> list[Step]:
    """Return since when a text is in force and what it repeals, from its last paragraphs.

    Only sentences about the text itself count (本法自……起施行，……同时废止), not those about what others lay down.

    :param issued: the day it was issued, for texts in force from then on (自公布之日起施行)
    """
    steps: list[Step] = []
    since: dt.date | None = None
    for paragraph in paragraphs:
        found = _IN_FORCE.search(paragraph) or _AT_ONCE.search(paragraph)
        if found and any(own in paragraph[: found.start()] for own in _OWN):
            since = _day(found[1], found[2], found[3]) if found.re is _IN_FORCE else issued
            steps.append(Step(EFFECTIVE, since))
            steps.extend(_repeals(paragraph[found.end() :], since))
        elif since is not None:
            steps.extend(_repeals(paragraph, since))
    return steps


def _repeals(text: str, since: dt.date | None) -> Iterator[Step]:
    for sentence in re.split(r"[。；;]", text):
        if not _REPEALING.search(sentence) or "《" not in sentence:
            continue
        end = 0
        for cited in _CITED.finditer(sentence):
            before = _ISSUED_BEFORE.search(_ANY_DATE.sub("", sentence[end : cited.start()]))
            end = cited.end()
            yield Step(
                REPEALS,
                since,
                by=before[1].strip("、") if before else "",
                cited=_plain_title(cited[1]),
                doc_no=re.sub(r"\s", "", cited[2] or ""),
            )


def _plain_title(title: str) -> str:
    return re.sub(r"\s+", "", title)


def _value(figures: str) -> int:
    if figures.startswith("十"):
        return 10 + (_FIGURES[figures[1]] if len(figures) > 1 else 0)
    return _FIGURES[figures[0]]


def _day(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
