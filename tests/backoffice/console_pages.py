"""The console's addresses, asked of the console itself: a page that is added is tested without being listed."""

import re

from django.contrib import admin
from django.contrib.messages import get_messages
from django.urls import reverse

from backoffice.admin.base import Console
from backoffice.roles import ROLES
from tests.factories.accounts import a_staff_member

SITE_PAGES = {
    "trial_balance": "ledger.view_account",
    "balances": "payouts.view_payout",
    "daily_proof": "reconciliation.view_statement",
    "three_way": "reconciliation.view_statement",
    "providers": "payments.view_providerswitch",
    "analytics": "backoffice.see_sales",
    "system": "backoffice.see_system",
    "jobs": "backoffice.see_system",
    "roles": "accounts.view_user",
    "queue_times": "backoffice.set_queue_times",
}
ROLE_NAMES = [role.name for role in ROLES]


def pages_by_model() -> dict[str, Console]:
    """`orders.order` → its pages."""
    return {
        f"{model._meta.app_label}.{model._meta.model_name}": model_admin
        for model, model_admin in admin.site._registry.items()
        if isinstance(model_admin, Console)
    }


def list_address(label: str) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_changelist")


def signed_in(client, role: str | None):
    """The client with a member of staff in it; without a role they may enter and see nothing."""
    person = a_staff_member(role)
    client.force_login(person)
    return person


def decide(client, thing, decision, /, **answers):
    """Press a button on a thing's page, with these answers in its dialog."""
    meta = type(thing)._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_decide", args=[thing.pk, decision])
    return client.post(address, answers)


def do(client, label, decision, /, **answers):
    """Press a button above a list."""
    return client.post(reverse(f"admin:{label.replace('.', '_')}_do", args=[decision]), answers)


def said(response) -> str:
    """The messages that the next page will show, and why this one says that nothing was done."""
    messages = [str(message) for message in get_messages(response.wsgi_request)]
    refusal = response.context.get("refused") if response.context else None
    return " ".join([*messages, *([str(refusal)] if refusal else [])])


def sealed(response) -> str:
    """What the page says that the person has seen."""
    return re.search(r'name="previewed" value="([^"]+)"', response.content.decode())[1]
