"""Draws pages of a site into its frame, which is drawn once for many pages.

The frame is everything around a page that depends on the site alone: head, preferences, name, menu, footer. It is drawn by the very
templates (``portal/site/frame.html`` extends the page skeleton and leaves marks), taken apart at the marks and kept with the group of
sites: when the stamp of any site moves, the group is read anew and its frames are gone with the old one. What a page itself
shows is read and drawn for each request.
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote_plus
from weakref import WeakKeyDictionary

from django.template import Context, Template
from django.template.loader import get_template
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockContext, BlockNode, ExtendsNode
from django.utils.translation import get_language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest

    from tongban.interfaces.portal.sites import Here

SKELETON = "portal/site/base.html"
FRAME = "portal/site/frame.html"
BLOCKS = ("title", "about", "more_head", "body")
"""The blocks of the skeleton that belong to the page."""
INSIDE = frozenset({*BLOCKS, "tags", "breadcrumb", "content"})
"""Blocks a page may fill when it is drawn into a kept frame."""
MOST_KEPT = 2000
_MARK = re.compile(r"slot0([a-z_]+)0slot")


def mark(name: str) -> str:
    """Return what stands in a frame where something of the page belongs."""
    return f"slot0{name}0slot"


class Frame(NamedTuple):
    """A frame taken apart: what stands before, between and after what belongs to the page."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Frame:
        """Take a drawn frame apart at its marks."""
        parts = _MARK.split(text)
        return cls(tuple(parts[::2]), tuple(parts[1::2]))

    def around(self, values: Mapping[str, str]) -> str:
        """Return the page."""
        whole = [self.pieces[0]]
        for name, piece in zip(self.names, self.pieces[1:], strict=True):
            whole += (values[name], piece)
        return "".join(whole)


class Blocks(NamedTuple):
    """The blocks of a page's template and of those it extends, each with what stands over it."""

    stacks: dict[str, list[BlockNode]]
    fits: bool
    """Whether it fills nothing but what a frame leaves open."""


_known: WeakKeyDictionary[Template, Blocks] = WeakKeyDictionary()


def _chain(template: Template) -> list[tuple[str, dict[str, BlockNode]]]:
    """Return a template and those it extends, each with its blocks; the last is the skeleton of all pages."""
    found: list[tuple[str, dict[str, BlockNode]]] = []
    while True:
        above: list[Any] = template.nodelist.get_nodes_by_type(ExtendsNode)
        if not above:
            own: list[Any] = template.nodelist.get_nodes_by_type(BlockNode)
            return [*found, (str(template.name), {node.name: node for node in own})]
        found.append((str(template.name), above[0].blocks))
        template = get_template(above[0].parent_name.resolve(Context())).template  # type: ignore[attr-defined]


def _blocks(template: Template) -> Blocks:
    known = _known.get(template)
    if known is None:
        chain = _chain(template)
        names = [name for name, _blocks in chain]
        own = names.index(SKELETON) if SKELETON in names else 0
        below = {name for _template, blocks in chain[own:] for name in blocks}
        filled = {name for _template, blocks in chain[:own] for name in blocks}
        stacks: dict[str, list[BlockNode]] = {}
        for _template, blocks in reversed(chain):
            for name, node in blocks.items():
                stacks.setdefault(name, []).append(node)
        known = _known[template] = Blocks(stacks, own > 0 and filled & below <= INSIDE)
    return known


def _drawn(template: Template, blocks: Blocks, context: Context) -> dict[str, str]:
    """Return what the page's own blocks show."""
    with context.render_context.push_state(template), context.bind_template(template):
        held = BlockContext()
        held.blocks.update({name: list(stack) for name, stack in blocks.stacks.items()})
        context.render_context[BLOCK_CONTEXT_KEY] = held
        return {name: str(blocks.stacks[name][0].render(context)) for name in BLOCKS}


def kept(here: Here, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    """Return what was made for a site, its address and the language; it is made where it is not kept.

    :param key: what it depends on besides these
    """
    held = here.group.drawn
    whole = (here.site.id, here.base, here.scheme, here.host, get_language(), *key)
    found = held.get(whole)
    if found is None:
        if len(held) >= MOST_KEPT:
            held.clear()
        found = held[whole] = make()
    return found


def draw(request: HttpRequest, here: Here, name: str, context: dict[str, Any], key: tuple[Any, ...]) -> str | None:
    """Return a page for a stranger, drawn into its site's frame; None where the template fills more than a frame leaves open.

    :param context: what the template is given, with all that the frame needs
    :param key: what the frame depends on besides site, language and address
    """
    template = get_template(name).template  # type: ignore[attr-defined]
    blocks = _blocks(template)
    if not blocks.fits:
        return None
    frame: Frame = kept(here, key, lambda: Frame.of(_frame(request, context)))
    values = _drawn(template, blocks, Context(context))
    path, counter = quote_plus(request.get_full_path()), str(context["counter"])
    return frame.around({**values, "path": path, "counter": counter})


def _frame(request: HttpRequest, context: dict[str, Any]) -> str:
    asked = SimpleNamespace(
        get_host=request.get_host, get_full_path=lambda: mark("path"), method="GET", GET={}, path=""
    )
    return str(get_template(FRAME).template.render(Context({**context, "request": asked, "counter": mark("counter")})))  # type: ignore[attr-defined]
