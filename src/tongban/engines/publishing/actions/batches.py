"""The same act on many articles: each on its own, refusals told one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from tongban.engines.publishing.errors import PublishingRefusedError
from tongban.engines.publishing.models import Article
from tongban.foundation.organizations.permissions import NotAllowedError


@dataclass(slots=True)
class BatchOutcome:
    """What became of each: the ids done, and a sentence for each refused."""

    done: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def in_batch(*, action: Callable[..., Any], articles: Iterable[Article], values: Mapping[str, Any]) -> BatchOutcome:
    """Do one act on each article.

    :param action: an action that takes ``article`` and the ``values`` (``by``, ``at``, …), such as ``publish``
    """
    outcome = BatchOutcome()
    for article in articles:
        try:
            with transaction.atomic():
                action(article=article, **values)
        except PublishingRefusedError as refused:
            outcome.refused[article.pk] = refused.message
        except NotAllowedError as refused:
            outcome.refused[article.pk] = refused.reason
        else:
            outcome.done.append(article.pk)
    return outcome
