"""The rows of accounts. Import from here; the parts are for reading."""

from marketplace.accounts.models.people import (
    Address,
    Consent,
    ConsoleSession,
    OneTimeCode,
    RefreshFamily,
    RefreshToken,
    RoleRequest,
    User,
    UserManager,
)
from marketplace.accounts.models.ways_in import (
    Passkey,
    PasskeyChallenge,
    PasswordLink,
    RecoveryCode,
    SecondFactor,
)

__all__ = [
    "Address",
    "Consent",
    "ConsoleSession",
    "OneTimeCode",
    "Passkey",
    "PasskeyChallenge",
    "PasswordLink",
    "RecoveryCode",
    "RefreshFamily",
    "RefreshToken",
    "RoleRequest",
    "SecondFactor",
    "User",
    "UserManager",
]
