"""All that can be done with accounts. Import from here; the parts are for reading."""

from marketplace.accounts.commands.consents import set_consent
from marketplace.accounts.commands.console_sessions import (
    end_console_session,
    end_other_console_sessions,
    end_sessions,
    open_console_session,
    see_console_session,
)
from marketplace.accounts.commands.forgetting import forget_spent
from marketplace.accounts.commands.passkeys import (
    Question,
    add_passkey,
    ask_passkey,
    prove_passkey,
    remove_own_passkey,
)
from marketplace.accounts.commands.password_links import (
    ask_password_link,
    choose_password,
    correct_invitation,
    invite_again,
    invite_colleague,
    send_password_link,
    withdraw_invitation,
)
from marketplace.accounts.commands.people import register, save_address, set_password
from marketplace.accounts.commands.phone import request_phone_code, verify_phone
from marketplace.accounts.commands.roles import (
    approve_roles,
    reject_roles,
    request_roles,
    set_roles,
    withdraw_roles,
)
from marketplace.accounts.commands.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    prove_second_factor,
    remove_own_app,
    remove_second_factor,
    renew_recovery_codes,
)
from marketplace.accounts.commands.sessions import Session, refresh, sign_in, sign_out

__all__ = [
    "Question",
    "Session",
    "add_passkey",
    "approve_roles",
    "ask_passkey",
    "ask_password_link",
    "begin_second_factor",
    "choose_password",
    "confirm_second_factor",
    "correct_invitation",
    "end_console_session",
    "end_other_console_sessions",
    "end_sessions",
    "forget_spent",
    "invite_again",
    "invite_colleague",
    "open_console_session",
    "prove_passkey",
    "prove_second_factor",
    "refresh",
    "register",
    "reject_roles",
    "remove_own_app",
    "remove_own_passkey",
    "remove_second_factor",
    "renew_recovery_codes",
    "request_phone_code",
    "request_roles",
    "save_address",
    "see_console_session",
    "send_password_link",
    "set_consent",
    "set_password",
    "set_roles",
    "sign_in",
    "sign_out",
    "verify_phone",
    "withdraw_invitation",
    "withdraw_roles",
]
