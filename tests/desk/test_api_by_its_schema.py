"""The API does what its OpenAPI document says, whatever it is asked: schemathesis makes the calls that nobody thinks of."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.schemas import OpenApiSchema

from schemas.people import Role
from tests.desk.conftest import ADDRESS, bearer
from tests.desk.morning import Morning

ROUTES = ("/api/requests", "/api/queue", "/api/log")
EXAMPLES = 60
"""For each route, role and mode: too few to be slow, and the same in every run."""
QUIETLY = settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def tokens(morning: Morning) -> dict[str, dict[str, str]]:
    """What a program of each role shows, and one that shows nothing."""
    here = {"Host": urlsplit(ADDRESS).netloc}
    programs = [role for role in Role if role is not Role.ADMINISTRATOR]
    return {role.value: here | bearer(morning, role, f"schema-{role}") for role in programs} | {"a stranger": here}


@pytest.fixture(scope="module")
def api(app: FastAPI, tokens: dict[str, dict[str, str]]) -> OpenApiSchema:
    """The document as a program gets it."""
    return schemathesis.openapi.from_asgi("/api/openapi.json", app, headers=tokens["auditor"])


def test_no_route_of_the_document_is_left_out(api: OpenApiSchema) -> None:
    assert {(operation.ok().path, operation.ok().method) for operation in api.get_all_operations()} == {
        (r, "get") for r in ROUTES
    }


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("route", ROUTES)
def test_the_api_keeps_to_its_document(
    api: OpenApiSchema, tokens: dict[str, dict[str, str]], route: str, mode: GenerationMode
) -> None:
    @QUIETLY
    @given(case=api[route]["GET"].as_strategy(generation_mode=mode))
    def asked(case: Case) -> None:
        for shown in tokens.values():
            case.call_and_validate(headers=shown)

    asked()
