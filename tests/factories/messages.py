"""A message that was sent, written straight to the tables."""

from marketplace.accounts.models import User
from marketplace.notifications.models import Message, MessageTemplate
from marketplace.orders.models import Order
from marketplace.shared import clock


def a_message(user: User, order: Order) -> Message:
    MessageTemplate.objects.get_or_create(
        code="order_paid",
        channel="sms",
        language="en",
        defaults={"body": "Thank you. {order} is paid."},
    )
    now = clock.now()
    return Message.objects.create(
        user=user,
        code="order_paid",
        channel="sms",
        language="en",
        recipient=user.phone or "",
        body=f"Thank you. {order.reference} is paid.",
        about=order.reference,
        dedupe_key=f"paid-{order.reference}",
        status="sent",
        created_at=now,
        sent_at=now,
    )
