"""The slice's tables."""

from tongban.affairs.disclosure.models.inspection import Finding, InspectionScheme, LinkCheck, Probe, SiteDay

__all__ = ["Finding", "InspectionScheme", "LinkCheck", "Probe", "SiteDay"]
