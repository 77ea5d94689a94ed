"""Secrets don't survive in errors; what a message is about does."""

from __future__ import annotations

import pytest

from specforce.errors import ApiError, AuthError, DecodeError, ErrorDetail
from specforce_api.runtime.redaction import redact


@pytest.mark.parametrize(
    "text",
    [
        '{"access_token":"S3CR3T"}',
        "access_token=S3CR3T&x=1",
        "refresh_token: S3CR3T",
        '{"client_secret" : "S3CR3T"}',
        '{"password":"S3CR3T"}',
        "password=S3CR3T",
        "grant_type=authorization_code&code=S3CR3T",
        '{"token": "S3CR3T"}',
        "<sessionId>S3CR3T</sessionId>",
        "<password>S3CR3T</password>",
        "<newPassword>S3CR3T</newPassword>",
        "<sessionIds>S3CR3T</sessionIds>",
        "Authorization: Bearer S3CR3T",
        "Authorization: OAuth S3CR3T",
        "Authorization: Basic UzNDUjNUS3CR3T=",
        "session 00Dxx0000001gER!S3CR3T.x is over",
    ],
)
def test_secrets_are_masked(text: str) -> None:
    assert "S3CR3T" not in redact(text)
    assert "***" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "unexpected token: 'SELEKT'",
        "expired access/refresh token",
        "line 1:15 unexpected token: '$'",
        "WHERE Code = 'x' AND Password__c = 'y'",
        "Unexpected character ('j' (code 106)): was expecting a colon",
        "no OAuth error from the server",
        "Basic information is missing",
        "duplicate value found: Code__c duplicates value on record with id: 0035400000hDwBh",
    ],
)
def test_what_a_message_is_about_stays(text: str) -> None:
    assert redact(text) == text


def test_errors_are_redacted_when_they_are_made() -> None:
    body = '[{"message":"x","errorCode":"Y"}] Bearer S3CR3T'
    errors = [
        ApiError("no", status=400, errors=[ErrorDetail("X", "token=S3CR3T")], body=body),
        AuthError("password=S3CR3T", description="code=S3CR3T"),
        DecodeError("Bearer S3CR3T", body=body),
    ]

    assert not [error for error in errors if "S3CR3T" in f"{error} {vars(error)}"]
