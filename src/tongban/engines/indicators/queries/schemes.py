"""Which scheme scores a month."""

from __future__ import annotations

import datetime as dt

from tongban.engines.indicators.models import Bulletin, ScoreScheme
from tongban.engines.indicators.schema import ScoreSpec

_held: dict[tuple[int, str], ScoreSpec] = {}


def scheme_on(code: str, month: dt.date) -> ScoreScheme:
    """Return the version in force on the first day of a month.

    :raises ScoreScheme.DoesNotExist: if none was then
    """
    rows = ScoreScheme.objects.filter(code=code, effective_from__lte=month.replace(day=1))
    found = rows.order_by("-effective_from").first()
    if found is None:
        msg = f"no version of {code} is in force in {month:%Y-%m}"
        raise ScoreScheme.DoesNotExist(msg)
    return found


def spec_of(scheme: ScoreScheme) -> ScoreSpec:
    """Return a scheme's content; a published one never changes, so it is read once in a process."""
    key = (scheme.pk, scheme.sha256)
    found = _held.get(key)
    if found is None:
        found = _held[key] = scheme.content
    return found


def bulletin_spec(bulletin: Bulletin) -> ScoreSpec:
    """Return the content of the scheme that gave a bulletin's scores.

    :raises ValueError: if the bulletin holds counts and no scores
    """
    if bulletin.scheme is None:
        msg = f"bulletin {bulletin.pk} has no scheme"
        raise ValueError(msg)
    return spec_of(bulletin.scheme)
