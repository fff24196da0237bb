"""What a browser says in a passkey's name is rubbish until it is proved: read it without falling over."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.accounts import webauthn
from marketplace.accounts.models import User
from tests.authenticator import Authenticator

RUBBISH = st.one_of(
    st.text(max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=30),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner),
    ).map(json.dumps),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rubbish=RUBBISH)
def test_rubbish_is_no_answer(rubbish):
    with pytest.raises(webauthn.BadAnswer):
        webauthn.read_assertion(rubbish)
    with pytest.raises(webauthn.BadAnswer):
        webauthn.read_creation(rubbish, challenge=b"x" * 32)


PARTS = ("clientDataJSON", "authenticatorData", "signature", "userHandle")


@settings(max_examples=300, deadline=None)
@given(
    part=st.sampled_from(PARTS), put=st.binary(max_size=120) | st.text(max_size=60), at=st.data()
)
def test_a_spoiled_answer_proves_nothing_and_breaks_nothing(part, put, at):
    device = Authenticator()
    user = User(email="asha@example.test", name="Asha")
    challenge = b"c" * 32
    made = webauthn.read_creation(device.create(options_for(user, challenge)), challenge=challenge)
    said = json.loads(device.get(webauthn.request_options(challenge=challenge)))
    said["response"][part] = webauthn.bytes_to_base64url(put) if isinstance(put, bytes) else put

    try:
        assertion = webauthn.read_assertion(json.dumps(said))
        webauthn.verify_assertion(assertion, challenge=challenge, public_key=made.public_key)
    except webauthn.BadAnswer:
        return
    # The handle is no part of what is signed: the command holds it against the passkey's owner.
    assert part == "userHandle"


@pytest.mark.parametrize("answer", ["[" * 19_000, "x" * 20_001, '{"id": ' * 2_000])
def test_deep_and_long_rubbish_is_no_answer(answer):
    with pytest.raises(webauthn.BadAnswer):
        webauthn.read_assertion(answer)
    with pytest.raises(webauthn.BadAnswer):
        webauthn.read_creation(answer, challenge=b"x" * 32)


def options_for(user, challenge):
    return webauthn.creation_options(
        challenge=challenge, user_id=user.pk, account=user.email, name=user.name, known=[]
    )
