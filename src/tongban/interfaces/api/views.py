"""The API's reference, for people."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from tongban.foundation.organizations.guards import ActorRequest, public
from tongban.interfaces.api.endpoints import api


@public
def reference(request: ActorRequest) -> HttpResponse:
    """List every operation of the API with its address, purpose and answers, made from the OpenAPI description."""
    described = api.get_openapi_schema()
    operations = [
        _operation(path, method, spec)
        for path, methods in described["paths"].items()
        for method, spec in methods.items()
    ]
    return render(request, "api/reference.html", {"operations": operations, "info": described["info"]})


def _operation(path: str, method: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "method": method.upper(),
        "path": path,
        "summary": spec.get("summary", ""),
        "description": spec.get("description", ""),
        "needs_key": bool(spec.get("security")),
        "parameters": spec.get("parameters", []),
        "answers": sorted(str(code) for code in spec.get("responses", {})),
    }
