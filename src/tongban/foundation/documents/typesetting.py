"""Sets arranged blocks as PDF/A-2b with embedded fonts. The layout is one fixed program; data reach it as JSON only."""

from __future__ import annotations

import datetime as dt
import functools
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import manimgx_fonts_cjk
import typst

from tongban.foundation.documents.glyphs import with_geta
from tongban.foundation.documents.seals import Spot

FONT = "Noto Sans CJK SC"
_LAYOUTS = Path(__file__).parent / "layouts"
_lock = threading.Lock()


class TypesettingError(Exception):
    """The layout program could not set this document."""


@dataclass(frozen=True, slots=True)
class Page:
    """A typeset PDF and the place of its seal, if it has one."""

    pdf: bytes
    seal_spot: Spot | None


@functools.cache
def fonts() -> typst.Fonts:
    """Return the one font all documents are set in; system fonts are never used."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(Path(manimgx_fonts_cjk.__file__).parent)],
    )


@functools.cache
def compiler(name: str) -> typst.Compiler:
    """Return the typesetter of this process for a layout program."""
    return typst.Compiler(
        str(_LAYOUTS / f"{name}.typ"), root=str(_LAYOUTS), font_paths=fonts(), ignore_system_fonts=True
    )


def typeset(arranged: Mapping[str, Any], *, at: dt.datetime) -> Page:
    """Set a document; the same input gives the same bytes.

    :param at: the moment the PDF states as its creation
    :raises TypesettingError: if it cannot be set
    """
    pdf, spots = compile_layout("document", arranged, at=at, query="<seal>")
    found = spots[0]["value"] if spots else None
    spot = Spot(page=found["page"], x=_points(found["x"]), y=_points(found["y"])) if found else None
    return Page(pdf, spot)


def compile_layout(
    name: str, data: Mapping[str, Any], *, at: dt.datetime, query: str = ""
) -> tuple[bytes, list[dict[str, Any]]]:
    """Run a layout program over data; return the PDF and the marks asked for.

    :raises TypesettingError: if it fails
    """
    plain, lacking = with_geta(dict(data))
    inputs = {"data": json.dumps(plain | {"lacking": lacking}, ensure_ascii=False)}
    with _lock:
        try:
            pdf = compiler(name).compile(
                format="pdf", sys_inputs=inputs, pdf_standards="a-2b", timestamp=int(at.timestamp())
            )
            marks = json.loads(compiler(name).query(query)) if query else []
        except typst.TypstError as wrong:
            raise TypesettingError(wrong.diagnostic or wrong.message) from wrong
    if not isinstance(pdf, bytes):
        msg = "the typesetter returned no PDF"
        raise TypesettingError(msg)
    return pdf, marks


def _points(length: str | float) -> float:
    """Return a length such as ``412.3pt`` as a number."""
    return float(length.removesuffix("pt")) if isinstance(length, str) else float(length)
