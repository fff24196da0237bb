"""All that can be done with accounts. Import from here; the parts are for reading."""

from marketplace.accounts.commands.forgetting import forget_spent
from marketplace.accounts.commands.people import register, save_address, set_password, set_roles
from marketplace.accounts.commands.phone import request_phone_code, verify_phone
from marketplace.accounts.commands.sessions import Session, refresh, sign_in, sign_out

__all__ = [
    "Session",
    "forget_spent",
    "refresh",
    "register",
    "request_phone_code",
    "save_address",
    "set_password",
    "set_roles",
    "sign_in",
    "sign_out",
    "verify_phone",
]
