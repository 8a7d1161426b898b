"""The articles (条) of a statute, found in the markup of its text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

_PARAGRAPH = re.compile(r"<(p|h[1-6])(?:\s[^>]*)?>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_NUMBER = "〇零一二三四五六七八九十百千0-9"
_ARTICLE = re.compile(rf"^\s*第([{_NUMBER}]+)条(?:之([{_NUMBER}]+))?[\s\u3000　:：]*")
_CHAPTER = re.compile(rf"^\s*第[{_NUMBER}]+(编|分编|章|节)[\s\u3000　]*\S")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0}
_POWERS = {"十": 10, "百": 100, "千": 1000}


@dataclass(frozen=True, slots=True)
class Provision:
    """A part of a statute: a chapter's heading, an article, or text before the first article.

    :param kind: ``heading``, ``article`` or ``text``
    :param label: ``第十二条`` of an article, the whole line of a heading
    :param anchor: the fragment of its address
    :param paragraphs: plain text, the label left out
    """

    kind: str
    label: str
    anchor: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return its text in one piece."""
        return "\n".join(self.paragraphs)

    @property
    def number(self) -> int | None:
        """Return the number of an article; None for a part that is none."""
        return article_number(self.label)


def number(text: str) -> int:
    """Return the value of a number in Chinese or Arabic figures, such as 一百二十三."""
    if text.isascii():
        return int(text)
    total = digit = 0
    for char in text:
        if char in _POWERS:
            total += (digit or 1) * _POWERS[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit


def article_number(text: str) -> int | None:
    """Return the number that 第三十二条 or 第32条 asks for; None for other words."""
    asked = _ARTICLE.match(text)
    return number(asked[1]) if asked else None


def anchor_of(label: str) -> str:
    """Return the fragment of the article that a text begins with: ``art-12``, ``art-12-1`` for 第十二条之一."""
    found = _ARTICLE.match(label)
    if not found:
        return ""
    return f"art-{number(found[1])}" + (f"-{number(found[2])}" if found[2] else "")


def provisions(body: str) -> list[Provision]:
    """Return the parts of a statute in their order; a text without articles is returned as text."""
    found: list[Provision] = []
    lines: list[str] = []
    kind, label, anchor = "text", "", ""

    def close() -> None:
        if lines or kind != "text":
            found.append(Provision(kind, label, anchor, tuple(lines)))

    for match in _PARAGRAPH.finditer(body):
        text = unescape(_TAG.sub("", match[2])).strip()
        if not text:
            continue
        article = _ARTICLE.match(text)
        if article:
            close()
            kind, label = (
                "article",
                article[0][: article[0].index("条") + 1].strip() + (f"之{article[2]}" if article[2] else ""),
            )
            anchor = anchor_of(text)
            lines = [rest] if (rest := text[article.end() :].strip()) else []
        elif _CHAPTER.match(text) and len(text) <= 40:
            close()
            kind, label, anchor, lines = "heading", text, f"part-{len(found) + 1}", []
        elif kind == "heading":
            close()
            kind, label, anchor, lines = "text", "", "", [text]
        else:
            lines.append(text)
    close()
    return found


def is_statute(parts: list[Provision]) -> bool:
    """Tell whether a text is divided into articles."""
    return sum(part.kind == "article" for part in parts) >= 2
