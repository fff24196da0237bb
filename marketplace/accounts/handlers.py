"""What accounts do after an answer was given."""

from marketplace.accounts.commands import send_password_link
from marketplace.accounts.events import PasswordLinkAsked
from marketplace.shared.events import EventMeta
from marketplace.shared.sealing import unseal


def look_up_address(event: PasswordLinkAsked, meta: EventMeta) -> None:
    """Away from the door, where the time that it takes would tell strangers something."""
    send_password_link(email=unseal(event.sealed_email))
