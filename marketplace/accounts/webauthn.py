"""Passkeys as the W3C's Web Authentication has them: what we ask a browser, and reading its answer.

The cryptography is py_webauthn's. Pure: no row is read or written here. Every answer must be signed
for our host (`settings.PASSKEY_HOST`), from a page of ours (`settings.PASSKEY_ORIGINS`), and by a
device that has verified its user (PIN, fingerprint, face).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from struct import error as StructError
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

OUR_NAME = "ZetuTech"
ANSWER_LENGTH_MAX = 20_000
# How long the browser waits for the person; the challenge lives a little longer.
PATIENCE_MS = 120_000
_TRANSPORTS = {transport.value for transport in AuthenticatorTransport}
# What a malformed answer makes the parsers raise; anything else is a bug.
_MALFORMED = (
    WebAuthnException,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    StructError,
    RecursionError,
    UnsupportedAlgorithm,
)


class BadAnswer(Exception):
    """It does not prove what it should."""


@dataclass(frozen=True, slots=True)
class Known:
    """A passkey that we know, as the browser is told of it."""

    credential_id: str
    transports: Sequence[str]


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a device made for us."""

    credential_id: str
    public_key: bytes
    sign_count: int
    is_synced: bool
    transports: list[str]


@dataclass(frozen=True, slots=True)
class Assertion:
    """A signed answer as it came: whose it claims to be is known before it is believed."""

    raw: AuthenticationCredential
    credential_id: str
    user_id: UUID | None


def creation_options(
    *, challenge: bytes, user_id: UUID, account: str, name: str, known: Sequence[Known]
) -> str:
    """JSON for `navigator.credentials.create`: a passkey that names its owner by itself."""
    return options_to_json(
        generate_registration_options(
            rp_id=settings.PASSKEY_HOST,
            rp_name=OUR_NAME,
            user_id=user_id.bytes,
            user_name=account,
            user_display_name=name,
            challenge=challenge,
            timeout=PATIENCE_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_described(known),
        )
    )


def request_options(*, challenge: bytes, known: Sequence[Known] = ()) -> str:
    """JSON for `navigator.credentials.get`; without `known` the device offers what it has for us."""
    return options_to_json(
        generate_authentication_options(
            rp_id=settings.PASSKEY_HOST,
            challenge=challenge,
            timeout=PATIENCE_MS,
            allow_credentials=_described(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def read_creation(answer: str, *, challenge: bytes) -> NewKey:
    """Raises BadAnswer."""
    try:
        credential = parse_registration_credential_json(_limited(answer))
        _refuse_frames(credential.response.client_data_json)
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=settings.PASSKEY_HOST,
            expected_origin=list(settings.PASSKEY_ORIGINS),
            require_user_verification=True,
        )
        transports = [one.value for one in credential.response.transports or []]
    except _MALFORMED as error:
        raise BadAnswer from error
    return NewKey(
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        is_synced=made.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        transports=[one for one in transports if one in _TRANSPORTS],
    )


def read_assertion(answer: str) -> Assertion:
    """Whose passkey it names, before anything is believed. Raises BadAnswer."""
    try:
        credential = parse_authentication_credential_json(_limited(answer))
        handle = credential.response.user_handle
        return Assertion(
            raw=credential,
            credential_id=bytes_to_base64url(credential.raw_id),
            user_id=UUID(bytes=handle) if handle else None,
        )
    except _MALFORMED as error:
        raise BadAnswer from error


def verify_assertion(assertion: Assertion, *, challenge: bytes, public_key: bytes) -> int:
    """The counter that the device signed. Whether it may be so is the caller's to say.

    Raises BadAnswer for another challenge, host, origin or key, and without user verification.
    """
    try:
        _refuse_frames(assertion.raw.response.client_data_json)
        verified = verify_authentication_response(
            credential=assertion.raw,
            expected_challenge=challenge,
            expected_rp_id=settings.PASSKEY_HOST,
            expected_origin=list(settings.PASSKEY_ORIGINS),
            credential_public_key=public_key,
            # Not theirs to compare: a counter is worth an alarm only where the signature is right.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise BadAnswer from error
    return verified.new_sign_count


def fingerprint_of(public_key: bytes) -> str:
    return hashlib.sha256(public_key).hexdigest()


def _limited(answer: str) -> str:
    if len(answer) > ANSWER_LENGTH_MAX:
        raise BadAnswer
    return answer


def _refuse_frames(client_data: bytes) -> None:
    """A page of somebody else's may not have us in a frame and ask in our name."""
    if parse_client_data_json(client_data).cross_origin:
        raise BadAnswer


def _described(known: Sequence[Known]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(one.credential_id),
            transports=[AuthenticatorTransport(way) for way in one.transports],
        )
        for one in known
    ]
