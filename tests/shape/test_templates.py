"""Templates stay in their slice, are all used, and keep within the content security policy."""

from __future__ import annotations

import re

from tests.shape.places import SOURCE, python_files, shown, templates

NAMED = re.compile(r"""\{%-?\s*(?:extends|include)\s+["']([^"']+)["']""")
INLINE_STYLE = re.compile(r"<[a-zA-Z][^>]*\sstyle\s*=", re.DOTALL)
INLINE_HANDLER = re.compile(r"<[a-zA-Z][^>]*\son[a-z]+\s*=", re.DOTALL)
BARE_BLOCK = re.compile(r"<(?:script|style)(?![^>]*(?:\bsrc=|\bnonce=|type=[\"']application/(?:ld\+)?json[\"']))[^>]*>")
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
SHARED = {"ui"}
THIRD_PARTY = ("account/", "mfa/", "socialaccount/", "usersessions/", "allauth/")


def _name(path: str) -> str:
    return path.split("/templates/", 1)[1]


def test_templates_extend_and_include_only_their_own_slice_and_the_shared_design() -> None:
    wrong = []
    for folder, path in templates():
        own = {child.name for child in (folder / "templates").iterdir()}
        others = NAMED.findall(path.read_text("utf-8"))
        wrong += [f"{shown(path)} uses {other}" for other in others if other.split("/")[0] not in own | SHARED]
    assert not wrong


def test_every_template_is_used() -> None:
    """A template is used if Python, a pack or another template names it, or if it replaces one of a third party."""
    texts = [path.read_text("utf-8") for path in python_files() if path.is_relative_to(SOURCE)]
    texts += [path.read_text("utf-8") for _, path in templates()]
    everything = "\n".join(texts)
    unused = []
    for _, path in templates():
        name = _name(shown(path))
        if name.startswith(THIRD_PARTY) or re.fullmatch(r"\d{3}(_csrf)?\.html", name):
            continue
        stem = name.rsplit("/", 1)[0] + "/"
        computed = re.search(rf"""f["']{re.escape(stem)}\{{""", everything)
        if f'"{name}"' not in everything and f"'{name}'" not in everything and not computed:
            unused.append(shown(path))
    assert not unused


def test_templates_hold_no_inline_style_or_script() -> None:
    wrong = []
    for _, path in templates():
        text = TAG.sub(lambda tag: "\n" * tag[0].count("\n"), path.read_text("utf-8"))
        for rule in (INLINE_STYLE, INLINE_HANDLER, BARE_BLOCK):
            wrong += [
                f"{shown(path)}:{text.count(chr(10), 0, hit.start()) + 1} {hit[0][:60]}" for hit in rule.finditer(text)
            ]
    assert not wrong
