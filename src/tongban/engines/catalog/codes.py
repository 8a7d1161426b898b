"""The register of code lists that live elsewhere: processes, forms and license types.

A slice above (``cases``, ``licenses``) registers how to list its codes; the loader then refuses items that name an
unknown one. A kind nobody registered is not checked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Kind = Literal["process", "form", "license_type"]
Provider = Callable[[], frozenset[str]]

NAMES: dict[Kind, str] = {"process": "流程", "form": "表单", "license_type": "证照类型"}
_providers: dict[Kind, Provider] = {}


def register_codes(kind: Kind, provider: Provider) -> None:
    """Declare how to list the known codes of a kind."""
    _providers[kind] = provider


def known_codes() -> dict[Kind, frozenset[str]]:
    """Return the known codes of every registered kind."""
    return {kind: provider() for kind, provider in _providers.items()}
