"""Materialized paths: ``/420000/420100/`` is below ``/420000/``. A subtree is one range of an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    Text = models.CharField[str, str]
else:
    Text = models.CharField


class PathField(Text):
    """A path of codes that begins and ends with a slash, kept in byte order so that a prefix is an index range."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Fix the collation; 64 characters unless told."""
        kwargs.setdefault("max_length", 64)
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)


def under(column: str, path: str) -> Q:
    """Return the filter for rows at or below a path.

    :param column: the look-up of a :class:`PathField`, such as ``unit__path``
    :param path: ends with a slash; the empty path contains nothing
    """
    if not path:
        return Q(pk__in=[])
    return Q(**{f"{column}__gte": path, f"{column}__lt": path[:-1] + chr(ord("/") + 1)})


def child_path(parent: str | None, code: str) -> str:
    """Return the path of a row with a code under its parent's path."""
    return f"{parent or '/'}{code}/"
