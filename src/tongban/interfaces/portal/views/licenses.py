"""The licenses one holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.affairs.hall.queries import renewal_offers
from tongban.engines.licenses import queries as licenses
from tongban.engines.licenses.actions import ensure_file
from tongban.engines.licenses.models import License
from tongban.foundation.accounts.models import Identity
from tongban.foundation.clock.now import now, today
from tongban.foundation.files.views import file_response
from tongban.foundation.organizations.guards import signed_in
from tongban.interfaces.portal.page import Column, page

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from tongban.foundation.organizations.actor import Actor


def held(actor: Actor) -> QuerySet[License]:
    """Return the licenses of the actor and of those the actor acts for; only a verified identity holds any."""
    known = Identity.objects.filter(account_id__in=actor.principals, verified_at__isnull=False)
    rows = License.objects.none()
    for digest in known.values_list("number_digest", flat=True):
        rows = rows | licenses.held_by(digest)
    return rows


@signed_in
@require_safe
def my_licenses(request: HttpRequest) -> HttpResponseBase:
    """All licenses of the signed-in person and of the firms acted for."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = list(held(actor))
    offers = renewal_offers(rows, on=today())
    found = [(row, licenses.public_view(row, on=today()), offers.get(row.pk)) for row in rows]
    unverified = not Identity.objects.filter(account=actor.account, verified_at__isnull=False).exists()
    context = {"licenses": found, "unverified": unverified}
    return page(request, "portal/my_licenses.html", context, column=Column(_("我的证照"), _("名下的电子证照。")))


@signed_in
@require_safe
def license_file(request: HttpRequest, identifier: str) -> HttpResponseBase:
    """The sealed PDF of one's own license; anyone else's is not found."""
    found = held(request.actor).filter(identifier=identifier).first()  # type: ignore[attr-defined]
    if found is None or found.document is None:
        raise Http404
    return file_response(ensure_file(license_=found, at=now()), inline=True)
