"""Loads packs: one transaction a pack, all problems reported at once, loading twice changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from django.db import transaction

from tongban.foundation.packs.errors import PackError, Problem
from tongban.foundation.packs.reading import Document, read_csv, read_yaml
from tongban.foundation.packs.sections import Loading, Outcome, Section, sections

Progress = Callable[[str], None]


def load_pack(*, root: Path, at: dt.datetime, progress: Progress | None = None) -> dict[str, Outcome]:
    """Load every section of a pack.

    :param root: the pack's folder
    :raises PackError: if a file is wrong or unknown; nothing is kept then
    """
    if not root.is_dir():
        raise PackError([Problem(str(root), 0, "", "没有这个数据包目录")])
    _refuse_strays(root)
    outcomes: dict[str, Outcome] = {}
    with transaction.atomic():
        for section in sections():
            documents = read_section(section, root=root)
            if not documents:
                continue
            outcomes[section.name] = section.load(documents, Loading(root, root.name, at))
            if progress:
                done = outcomes[section.name]
                progress(f"{root.name}/{section.name}: +{done.created} ~{done.changed} ={done.same}")
    return outcomes


def read_section(section: Section, *, root: Path) -> list[Document]:
    """Read all files of one section, in name order."""
    documents: list[Document] = []
    problems: list[Problem] = []
    for path in sorted(root.glob(section.pattern)):
        try:
            documents.extend(read_csv(path, root=root) if path.suffix == ".csv" else [read_yaml(path, root=root)])
        except PackError as wrong:
            problems.extend(wrong.problems)
    if problems:
        raise PackError(problems)
    return documents


def _refuse_strays(root: Path) -> None:
    known = {path for section in sections() for path in root.glob(section.pattern)}
    strays = [
        path for path in sorted(root.rglob("*")) if path.suffix in (".yaml", ".yml", ".csv") and path not in known
    ]
    if strays:
        raise PackError(
            [
                Problem(path.relative_to(root).as_posix(), 0, "", "没有哪个部分读取这个文件，请检查目录和文件名")
                for path in strays
            ]
        )
