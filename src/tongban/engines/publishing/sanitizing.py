"""Markup that comes in is cleaned on every save: structure stays, looks, scripts and foreign pictures go."""

from __future__ import annotations

import re

import nh3

TAGS = {
    "p", "br", "h2", "h3", "h4", "strong", "em", "u", "s", "sub", "sup", "blockquote", "ol", "ul", "li", "a", "img", "figure",
    "figcaption", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "colgroup", "col", "hr", "pre", "code",
    "video", "audio", "section", "span",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start"},
    "p": {"class"},
    "section": {"class"},
    "figure": {"class"},
    "span": {"lang"},
    "video": {"src", "controls", "poster"},
    "audio": {"src", "controls"},
}
CLASSES = {
    "p": {"align-center", "align-right", "no-indent", "signature"},
    "section": {"block-notice", "block-columns", "block-links", "block-numbers"},
    "figure": {"wide", "narrow"},
}
SCHEMES = {"http", "https", "mailto", "tel"}
_OWN_MEDIA = re.compile(r"^/media/\d+/[a-z0-9]+$")
_EMPTY = re.compile(r"<(p|h[2-4]|li|span|strong|em)>(?:\s|&nbsp;|\u00a0|<br>)*</\1>")
_LEVELS = {"h1": "h2", "h5": "h4", "h6": "h4", "b": "strong", "i": "em", "strike": "s", "del": "s", "ins": "u"}
_RENAMED = re.compile(r"<(/?)(h1|h5|h6|b|i|strike|del|ins)(?=[\s>/])", re.IGNORECASE)


def _kept(tag: str, attribute: str, value: str) -> str | None:
    if attribute in ("src", "poster"):
        return value if _OWN_MEDIA.match(value) else None
    if attribute == "class":
        wanted = [name for name in value.split() if name in CLASSES.get(tag, set())]
        return " ".join(wanted) or None
    if attribute == "href" and value.startswith("//"):
        return None
    return value


def clean(markup: str) -> str:
    """Return markup with nothing but the structure an article may have.

    Headings begin below the title's level; pictures, films and sound come from the media library only; links may lead
    anywhere but get no script. Cleaning what was cleaned changes nothing.
    """
    text = _RENAMED.sub(lambda found: f"<{found.group(1)}{_LEVELS[found.group(2).lower()]}", markup)
    text = nh3.clean(
        text,
        tags=TAGS,
        clean_content_tags={"script", "style", "title", "iframe", "object"},
        attributes=ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )
    text = re.sub(r"<img(?![^>]*\ssrc=)[^>]*>", "", text)
    previous = None
    while previous != text:
        previous, text = text, _EMPTY.sub("", text)
    return text.strip()
