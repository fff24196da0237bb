"""Names of columns whose models give them none: what the console's headings and facts call them.

The models leave to their columns' own names what is plain in English; here is where they become
texts that can be translated.
"""

from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NAMES: dict[str, Any] = {
    "account": _("account"),
    "actor_kind": _("kind of actor"),
    "aggregate_id": _("id"),
    "application": _("application"),
    "attempt": _("attempt"),
    "attempts": _("attempts"),
    "batch": _("batch"),
    "body": _("body"),
    "brand": _("brand"),
    "cancel_reason": _("reason for the cancellation"),
    "category": _("category"),
    "cause": _("cause"),
    "close_reason": _("closing reason"),
    "code": _("code"),
    "content_type": _("kind of file"),
    "conversation_id": _("conversation"),
    "created_at": _("created"),
    "currency": _("currency"),
    "date_joined": _("joined"),
    "dedupe_key": _("key against doubles"),
    "dispute": _("dispute"),
    "district": _("district"),
    "enquiries": _("enquiries"),
    "entry": _("journal entry"),
    "event": _("event"),
    "finished_at": _("finished"),
    "handler": _("handler"),
    "headers": _("headers"),
    "intent": _("payment"),
    "is_active": _("active"),
    "is_current": _("current"),
    "is_default": _("default"),
    "is_owner": _("owner"),
    "is_staff": _("staff"),
    "kind": _("kind"),
    "kyc_level": _("identity"),
    "landmark": _("landmark"),
    "language": _("language"),
    "last_error": _("last error"),
    "listing": _("listing"),
    "memo": _("memo"),
    "moderated_at": _("moderated"),
    "name": _("name"),
    "next_attempt_at": _("next attempt"),
    "next_enquiry_at": _("next enquiry"),
    "occurred_at": _("happened"),
    "order": _("order"),
    "parent": _("parent"),
    "payout": _("payout"),
    "phone": _("phone"),
    "phone_verified_at": _("phone verified"),
    "position": _("position"),
    "posted_at": _("posted"),
    "product": _("product"),
    "provider": _("provider"),
    "provider_id": _("provider's id"),
    "quantity": _("quantity"),
    "queue": _("queue"),
    "raw": _("as it was in the file"),
    "recipient": _("recipient"),
    "reference": _("reference"),
    "refund": _("refund"),
    "region": _("region"),
    "roles": _("roles"),
    "remote_address": _("sent from"),
    "request_id": _("request id"),
    "requested_by": _("requested by"),
    "rows_total": _("rows"),
    "seller": _("seller"),
    "seller_order": _("seller order"),
    "session_version": _("version of the sessions"),
    "sha256": _("SHA-256"),
    "size_bytes": _("size (bytes)"),
    "slug": _("slug"),
    "statement": _("statement"),
    "status": _("status"),
    "status_reason": _("reason of the status"),
    "street": _("street"),
    "submitted_at": _("submitted"),
    "third_party_id": _("third-party id"),
    "tries": _("tries"),
    "updated_at": _("updated on"),
    "uploaded_by": _("uploaded by"),
    "user": _("user"),
    "version": _("version"),
}


def name_fields() -> None:
    """Give every nameless column of ours its name. Migrations do not see it: it is no part of the schema."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.name in NAMES and not isinstance(field.verbose_name, Promise):
                field.verbose_name = NAMES[field.name]
