"""Background jobs of documents."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tongban.foundation.clock.now import now
from tongban.foundation.documents import actions
from tongban.foundation.documents.models import IssuedDocument


@app.task(name=actions.JOB, queue="documents", retry=RetryStrategy(max_attempts=48, wait=300))
def render(document_id: str) -> str:
    """Typeset and seal one document; if the seal cannot be had, try again every five minutes for four hours."""
    document = IssuedDocument.objects.select_related("file").get(pk=document_id)
    return actions.ensure_file(document=document, at=now()).sha256
