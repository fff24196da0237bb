"""News is told once, in the person's language, on the channels that reach them."""

import pytest
from django.db import transaction

from marketplace.accounts import commands as accounts
from marketplace.notifications.commands import Recipient, edit_template, sync_templates, tell
from marketplace.notifications.errors import (
    BraceStray,
    PlaceholderMissing,
    PlaceholderUnknown,
    SubjectInvalid,
    TemplateNotFound,
    TextInvalid,
)
from marketplace.notifications.kinds import KINDS
from marketplace.notifications.models import Message, MessageTemplate
from marketplace.notifications.queries import messages_about, messages_to
from marketplace.notifications.states import MessageStatus
from marketplace.notifications.templates import check, defaults
from marketplace.shared.models import LoggedEvent
from tests.deliveries import deliver_all
from tests.factories.accounts import PASSWORD, SYSTEM, a_buyer, a_phone, a_user, staff_actor

pytestmark = pytest.mark.django_db

ORDER = {"order": "ORD-1", "total": "TZS 50,000", "pay_by": "14:30"}


def tell_of_an_order(user, dedupe_key="event-1", **changes):
    return tell(
        code="order_placed",
        context={**ORDER, **changes},
        dedupe_key=dedupe_key,
        actor=SYSTEM,
        user_id=user.pk,
        about="ORD-1",
    )


def template(code="welcome", channel="email", language="en"):
    sync_templates()
    return MessageTemplate.objects.get(code=code, channel=channel, language=language)


def test_a_swahili_speaker_is_told_in_swahili_and_an_english_speaker_in_english():
    (swahili,) = tell_of_an_order(a_user(language="sw", name="Neema"))
    (english,) = tell_of_an_order(a_user(language="en", name="John"))

    assert swahili.subject == "Agizo lako ORD-1"
    assert swahili.body.startswith("Habari Neema,\n\nAsante kwa agizo lako ORD-1 la TZS 50,000.")
    assert english.subject == "Your order ORD-1"
    assert english.body.startswith("Hello John,")


def test_a_language_that_we_do_not_speak_is_answered_in_english():
    stranger = Recipient(name="Anna", email="anna@example.test", language="de")

    (message,) = tell(code="welcome", context={}, dedupe_key="x", actor=SYSTEM, recipient=stranger)

    assert message.body.startswith("Hello Anna,")


def test_small_news_takes_the_first_channel_and_great_news_takes_all():
    both = a_buyer()
    phone_only = a_user(email=None, phone=a_phone())

    assert [message.channel for message in tell_of_an_order(both)] == ["email"]
    assert [message.channel for message in tell_of_an_order(phone_only)] == ["sms"]
    shipped = {"order": "ORD-1", "shop": "Duka", "carrier": "DHL", "tracking": "1Z"}
    great = tell(
        code="order_shipped", context=shipped, dedupe_key="y", actor=SYSTEM, user_id=both.pk
    )
    assert {message.channel for message in great} == {"email", "sms"}


def test_the_same_news_is_told_once_and_other_news_again():
    user = a_user()

    assert len(tell_of_an_order(user)) == 1
    assert tell_of_an_order(user) == []
    assert len(tell_of_an_order(user, "event-2")) == 1
    assert messages_about(reference="ORD-1").count() == 2


def test_a_value_is_never_read_as_a_placeholder_and_cannot_add_headers():
    user = a_user(name="{order}\r\nBcc: all@example.test")

    (message,) = tell_of_an_order(user, order="{total}")

    assert message.body.startswith("Hello {order}\nBcc: all@example.test,")
    assert message.subject == "Your order {total}"


def test_an_sms_is_cut_where_somebody_wrote_a_novel():
    user = a_user(email=None, phone=a_phone())

    (message,) = tell(
        code="payment_failed",
        context={"order": "ORD-1", "reason": "no " * 400},
        dedupe_key="z",
        actor=SYSTEM,
        user_id=user.pk,
    )

    assert len(message.body) == 480
    assert message.body.endswith("...")


def test_a_kind_that_lacks_a_value_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        tell(code="order_placed", context={}, dedupe_key="z", actor=SYSTEM, user_id=a_user().pk)


def test_news_of_what_was_rolled_back_is_never_told():
    with transaction.atomic():
        tell_of_an_order(a_user())
        transaction.set_rollback(True)

    assert not Message.objects.exists()
    assert not LoggedEvent.objects.filter(name="notifications.message_queued.v1").exists()


def test_every_default_text_passes_the_check_for_edited_ones():
    texts = list(defaults())

    for code, channel, _language, text in texts:
        check(code, channel, text)
    assert {code for code, *_rest in texts} == set(KINDS)


def test_syncing_inserts_what_is_missing_and_leaves_what_was_edited():
    edited = template()
    edit_template(template_id=edited.pk, subject="Karibu!", body="Hi {name}", actor=staff_actor())
    MessageTemplate.objects.filter(code="order_paid").delete()

    assert sync_templates() == 4
    assert sync_templates() == 0
    edited.refresh_from_db()
    assert edited.body == "Hi {name}"


def test_an_edited_text_is_what_people_get_and_its_old_words_are_kept():
    edit_template(
        template_id=template().pk, subject="Hey", body="You are in, {name}.", actor=staff_actor()
    )

    (message,) = tell(
        code="welcome", context={}, dedupe_key="x", actor=SYSTEM, user_id=a_user(name="Zawadi").pk
    )

    assert (message.subject, message.body) == ("Hey", "You are in, Zawadi.")
    fact = LoggedEvent.objects.get(name="notifications.template_edited.v1")
    assert fact.before["subject"] == "Welcome to ZetuTech"


@pytest.mark.parametrize(
    ("code", "channel", "subject", "body", "refusal"),
    [
        ("welcome", "email", "Hi", "Dear {nmae}", PlaceholderUnknown),
        ("welcome", "email", "Hi {order}", "Dear", PlaceholderUnknown),
        ("welcome", "email", "Hi", "Dear {name.__class__}", BraceStray),
        ("welcome", "email", "Hi", "Dear {0}", BraceStray),
        ("welcome", "email", "", "Dear {name}", SubjectInvalid),
        ("welcome", "email", "Hi\nBcc: x", "Dear {name}", SubjectInvalid),
        ("welcome", "sms", "Hi", "Dear {name}", SubjectInvalid),
        ("welcome", "sms", "", "x" * 481, TextInvalid),
        ("welcome", "email", "Hi", "  ", TextInvalid),
        ("phone_code", "sms", "", "It works for {minutes} minutes.", PlaceholderMissing),
    ],
)
def test_words_that_cannot_be_filled_are_refused(code, channel, subject, body, refusal):
    with pytest.raises(refusal):
        edit_template(
            template_id=template(code, channel).pk, subject=subject, body=body, actor=staff_actor()
        )


def test_a_template_that_is_not_there_cannot_be_edited():
    with pytest.raises(TemplateNotFound):
        edit_template(template_id=0, subject="", body="x", actor=staff_actor())


def test_a_new_user_is_welcomed_once():
    user = accounts.register(
        email="juma@example.test", phone="", password=PASSWORD, name="Juma", actor=SYSTEM
    )

    deliver_all()

    message = messages_to(user_id=user.pk).get()
    assert (message.code, message.status) == ("welcome", MessageStatus.SENT)
    assert message.provider_id == f"recorded-{message.reference}"


def test_a_code_goes_to_the_phone_that_is_to_be_proved_and_is_sealed_at_rest():
    user = a_buyer(language="sw")
    new_phone = a_phone()

    accounts.request_phone_code(user_id=user.pk, phone=new_phone, actor=SYSTEM)
    deliver_all()

    message = messages_to(user_id=user.pk).get()
    assert (message.channel, message.recipient) == ("sms", new_phone)
    code = message.body.split("namba yako ni ")[1][:6]
    stored = Message.objects.filter(pk=message.pk).extra(select={"raw": "body::text"})
    assert code not in stored.values_list("raw", flat=True).get()
    assert message.body == (
        f"ZetuTech: namba yako ni {code}. Inatumika kwa dakika 10. Usimpe mtu yeyote."
    )
