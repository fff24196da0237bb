"""E-mail through Django's mail backend: SendGrid by anymail in production (PROVIDERS 6.1)."""

import hashlib
import smtplib
from email.utils import parseaddr

from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from django.conf import settings
from django.core.mail import BadHeaderError, EmailMessage

from marketplace.notifications.ports import Outgoing, SendFailed

PERMANENT_STATUSES = {400, 413, 422}
"""The message itself was refused. 401 and 403 are our credentials, which somebody will correct."""
_HOPELESS = (
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
    BadHeaderError,
)


class MailSender:
    """SendGrid has no idempotency keys: the key travels as `Message-ID`, by which receivers tell
    a repetition, and in SendGrid's custom arguments, where support finds it."""

    def send(self, message: Outgoing) -> str:
        mail = EmailMessage(
            subject=message.subject,
            body=message.body,
            to=[message.to],
            headers={"Message-ID": _message_id(message.idempotency_key)},
        )
        mail.metadata = {"message": message.reference, "key": message.idempotency_key}  # type: ignore[attr-defined]
        try:
            taken = mail.send()
        except _HOPELESS as refused:
            raise SendFailed(str(refused), permanent=True) from refused
        except AnymailAPIError as error:
            permanent = error.status_code in PERMANENT_STATUSES
            raise SendFailed(_first_line(error), permanent=permanent) from error
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _text in refused.recipients.values()]
            permanent = all(code >= 500 for code in codes)
            raise SendFailed(f"refused with {codes}", permanent=permanent) from refused
        except (AnymailError, smtplib.SMTPException, OSError) as error:
            raise SendFailed(_first_line(error), permanent=False) from error
        if not taken:
            raise SendFailed("the mail backend took no recipient", permanent=False)
        status = getattr(mail, "anymail_status", None)
        return str(getattr(status, "message_id", "") or "")


def _message_id(key: str) -> str:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
