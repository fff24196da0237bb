"""Messages reach the providers over real HTTP; failures are told apart, kept and tried again."""

from datetime import timedelta

import pytest
import time_machine

from marketplace.notifications.commands import retry_message, revive, tell
from marketplace.notifications.errors import MessageNotFound
from marketplace.notifications.invariants import INVARIANTS
from marketplace.notifications.models import Message
from marketplace.notifications.queries import get_message, messages
from marketplace.notifications.states import MessageStatus
from marketplace.shared import clock
from marketplace.shared.ids import uuid7
from marketplace.shared.invariants import check_all
from marketplace.shared.models import Delivery, DeliveryStatus
from marketplace.shared.states import IllegalTransition
from tests.deliveries import deliver_all, failures
from tests.factories.accounts import SYSTEM, a_phone, a_user, staff_actor
from tests.marketplace.notifications import provider_server

pytestmark = pytest.mark.django_db

PHONE_CODE = {"code": "123456", "minutes": 10}
CREATED = {"sid": "SM0123", "status": "queued"}


@pytest.fixture
def twilio(settings):
    with provider_server.running() as provider:
        settings.NOTIFICATION_CHANNELS = {
            **settings.NOTIFICATION_CHANNELS,
            "sms": "marketplace.notifications.adapters.twilio.TwilioSender",
        }
        settings.TWILIO_ACCOUNT_SID = "AC77"
        settings.TWILIO_AUTH_TOKEN = "secret"
        settings.TWILIO_FROM = "ZETUTECH"
        settings.TWILIO_API_URL = provider.url
        yield provider


@pytest.fixture
def sendgrid(settings):
    with provider_server.running() as provider:
        settings.NOTIFICATION_CHANNELS = {
            **settings.NOTIFICATION_CHANNELS,
            "email": "marketplace.notifications.adapters.mail.MailSender",
        }
        settings.EMAIL_BACKEND = "anymail.backends.sendgrid.EmailBackend"
        settings.DEFAULT_FROM_EMAIL = "ZetuTech <hello@zetutech.test>"
        settings.ANYMAIL = {
            "SENDGRID_API_KEY": "SG.key",
            "SENDGRID_API_URL": f"{provider.url}/v3/",
        }
        yield provider


def an_sms(kind="payment_failed", **context):
    user = a_user(email=None, phone=a_phone(), name="Juma")
    context = context or {"order": "ORD-7", "reason": "Wrong PIN."}
    (message,) = tell(
        code=kind, context=context, dedupe_key=str(uuid7()), actor=SYSTEM, user_id=user.pk
    )
    return message


def an_email():
    (message,) = tell(
        code="order_expired",
        context={"order": "ORD-9"},
        dedupe_key=str(uuid7()),
        actor=SYSTEM,
        user_id=a_user(name="Juma", email="juma@example.test").pk,
        about="ORD-9",
    )
    return message


def status_of(message):
    message.refresh_from_db()
    return message.status


def exhaust():
    """Let every attempt of every delivery fail."""
    for _attempt in range(8):
        deliver_all(ahead=timedelta(hours=2))


def test_an_sms_is_posted_to_twilio_and_its_id_kept(twilio):
    twilio.answer(201, CREATED)
    message = an_sms()

    deliver_all()

    assert status_of(message) == MessageStatus.SENT
    assert message.provider_id == "SM0123"
    assert message.sent_at is not None
    (request,) = twilio.requests
    assert request.path == "/2010-04-01/Accounts/AC77/Messages.json"
    assert request.headers["Authorization"] == "Basic QUM3NzpzZWNyZXQ="
    assert request.form["To"] == message.recipient
    assert request.form["From"] == "ZETUTECH"
    assert request.form["Body"].startswith("ZetuTech: the payment of order ORD-7 did not work")


def test_a_message_is_sent_once_however_often_its_delivery_comes(twilio):
    twilio.answer(201, CREATED)
    an_sms()
    deliver_all()

    Delivery.objects.update(status=DeliveryStatus.PENDING, finished_at=None)
    deliver_all()

    assert len(twilio.requests) == 1


def test_a_provider_that_is_down_is_tried_again_with_the_same_key(twilio):
    twilio.answer(503, "try later")
    twilio.answer(429, {"code": 20429, "message": "Too many requests"})
    twilio.answer(201, CREATED)
    message = an_sms()

    deliver_all()
    assert status_of(message) == MessageStatus.QUEUED
    assert message.failure == "HTTP 503"
    assert len(failures()) == 1
    deliver_all(ahead=timedelta(minutes=1))
    deliver_all(ahead=timedelta(minutes=1))

    assert status_of(message) == MessageStatus.SENT
    assert message.failure == ""
    assert len({request.headers["Idempotency-Key"] for request in twilio.requests}) == 1


def test_a_number_that_cannot_be_reached_fails_at_once_and_staff_may_try_again(twilio):
    twilio.answer(400, {"code": 21211, "message": "Invalid 'To' Phone Number"})
    twilio.answer(201, CREATED)
    message = an_sms()

    deliver_all()
    assert status_of(message) == MessageStatus.FAILED
    assert message.failure == "HTTP 400 21211 Invalid 'To' Phone Number"
    assert list(messages(status="failed", channel="sms")) == [message]

    retry_message(message_id=message.pk, actor=staff_actor())
    deliver_all()
    assert status_of(message) == MessageStatus.SENT
    assert len({request.headers["Idempotency-Key"] for request in twilio.requests}) == 2


def test_only_a_failed_message_can_be_retried(twilio):
    twilio.answer(201, CREATED)
    message = an_sms()

    with pytest.raises(IllegalTransition):
        retry_message(message_id=message.pk, actor=staff_actor())
    with pytest.raises(MessageNotFound):
        retry_message(message_id=uuid7(), actor=staff_actor())


def test_a_server_that_does_not_answer_is_a_temporary_failure(twilio, settings):
    settings.TWILIO_API_URL = "http://127.0.0.1:9"
    message = an_sms()

    deliver_all()

    assert status_of(message) == MessageStatus.QUEUED
    assert message.failure.startswith("ConnectError")


def test_our_wrong_password_loses_no_message(twilio):
    twilio.answer(401, {"code": 20003, "message": "Authenticate"})
    message = an_sms()

    deliver_all()

    assert status_of(message) == MessageStatus.QUEUED


def test_news_outlives_an_outage_but_a_code_does_not(twilio):
    twilio.answer(500, "down")
    news, code = an_sms(), an_sms("phone_code", **PHONE_CODE)
    exhaust()
    assert Delivery.objects.filter(status=DeliveryStatus.DEAD).count() == 2

    assert revive() == "1 tried again, 1 given up"
    assert status_of(code) == MessageStatus.FAILED
    twilio.answers = []
    twilio.answer(201, CREATED)
    deliver_all()

    assert status_of(news) == MessageStatus.SENT
    assert not Delivery.objects.filter(status=DeliveryStatus.DEAD).exists()


def test_after_six_hours_news_is_given_up_and_says_why(twilio):
    twilio.answer(500, "down")
    message = an_sms()
    exhaust()

    with time_machine.travel(clock.now() + timedelta(hours=7)):
        assert revive() == "0 tried again, 1 given up"

    assert status_of(message) == MessageStatus.FAILED
    assert message.failure == "HTTP 500"


def test_a_letter_goes_through_sendgrid_with_our_reference(sendgrid):
    sendgrid.answer(202, X_Message_Id="abc.def")
    message = an_email()

    deliver_all()

    assert status_of(message) == MessageStatus.SENT
    assert message.provider_id
    (request,) = sendgrid.requests
    assert request.path == "/v3/mail/send"
    assert request.headers["Authorization"] == "Bearer SG.key"
    sent = request.json
    (person,) = sent["personalizations"]
    assert person["to"] == [{"email": "juma@example.test"}]
    assert sent["custom_args"]["message"] == message.reference
    assert sent["headers"]["Message-ID"].endswith("@zetutech.test>")
    assert sent["subject"] == "Your order ORD-9 has expired"
    assert sent["from"] == {"email": "hello@zetutech.test", "name": "ZetuTech"}
    assert "ORD-9 was not paid in time" in sent["content"][0]["value"]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (400, MessageStatus.FAILED),
        (413, MessageStatus.FAILED),
        (401, MessageStatus.QUEUED),
        (429, MessageStatus.QUEUED),
        (500, MessageStatus.QUEUED),
    ],
)
def test_what_sendgrid_refuses_for_good_fails_and_the_rest_waits(sendgrid, answer, status):
    sendgrid.answer(answer, {"errors": [{"message": "no"}]})
    message = an_email()

    deliver_all()

    assert status_of(message) == status
    assert str(answer) in message.failure or status is MessageStatus.QUEUED


def test_an_address_that_is_none_fails_at_once(sendgrid):
    message = an_email()
    Message.objects.filter(pk=message.pk).update(recipient="nobody at all")

    deliver_all()

    assert status_of(message) == MessageStatus.FAILED
    assert sendgrid.requests == []


def test_the_log_of_messages_holds_its_promises(twilio):
    twilio.answer(201, CREATED)
    an_sms()
    message = an_email()
    deliver_all()

    assert get_message(reference=message.reference).pk == message.pk
    assert [finding.differing for _invariant, finding in check_all(INVARIANTS)] == [0, 0, 0]


def test_a_message_whose_delivery_is_lost_is_found(twilio):
    an_sms()
    Delivery.objects.all().delete()

    verdicts = {invariant.name: finding for invariant, finding in check_all(INVARIANTS)}

    assert verdicts["notifications.nobody_waits_for_ever"].differing == 1
