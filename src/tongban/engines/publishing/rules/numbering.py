"""Index numbers of open information: ``<organization code>/<year>-<serial>`` as the catalogues of open information print them."""

from __future__ import annotations


def index_number(organization: str, year: int, serial: int) -> str:
    """Return an index number, such as ``011043217/2026-00012``.

    :param organization: the nine characters of the organization code (those inside the credit code), or the unit's code
    """
    return f"{organization}/{year}-{serial:05d}"


def organization_part(credit_code: str, unit_code: str) -> str:
    """Return what stands before the slash: the organization code inside a credit code, else the unit's own code."""
    return credit_code[8:17] if len(credit_code) == 18 else unit_code
