"""A guide as schema.org ``GovernmentService``, so that search engines and other platforms understand it."""

from __future__ import annotations

from typing import Any

from tongban.engines.catalog.queries.guide_rows import Guide

AUDIENCES = {
    "person": "citizens",
    "enterprise": "businesses",
    "institution": "public institutions",
    "society": "social organizations",
    "agency": "government agencies",
    "other": "other organizations",
}


def government_service(guide: Guide, *, url: str, apply_url: str = "") -> dict[str, Any]:
    """Return the JSON-LD of a guide.

    :param url: the absolute address of the guide
    :param apply_url: the absolute address at which one applies, empty if it cannot be done online
    """
    channels: list[dict[str, Any]] = []
    if guide.place:
        channels.append(
            {
                "@type": "ServiceChannel",
                "serviceLocation": {"@type": "Place", "name": guide.unit, "address": guide.place},
                **(
                    {"servicePhone": {"@type": "ContactPoint", "telephone": guide.consultation}}
                    if guide.consultation
                    else {}
                ),
            }
        )
    if apply_url or guide.online_address:
        channels.append({"@type": "ServiceChannel", "serviceUrl": apply_url or guide.online_address})
    service: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "@id": url,
        "url": url,
        "identifier": guide.code,
        "name": guide.title,
        "description": guide.description,
        "serviceType": guide.item_type,
        "dateModified": guide.updated_on.isoformat(),
        "provider": {"@type": "GovernmentOrganization", "name": guide.unit, "identifier": guide.unit_code},
        "areaServed": {"@type": "AdministrativeArea", "name": guide.region, "identifier": guide.region_code},
        "audience": [{"@type": "Audience", "audienceType": AUDIENCES[code]} for code in guide.objects_codes],
        "availableChannel": channels,
        "isAccessibleForFree": not guide.charges,
    }
    if guide.result:
        service["serviceOutput"] = {"@type": "Thing", "name": guide.result}
    if guide.fees:
        service["offers"] = [{"@type": "Offer", "name": fee.name, "description": fee.standard} for fee in guide.fees]
    if guide.limit:
        service["termsOfService"] = guide.limit.text
    return service
