"""What accounts refuse."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    Unauthenticated,
)


class UserNotFound(NotFound):
    code = "user_not_found"
    message = _("We do not know this user.")


class TooManyPeople(Invalid):
    code = "too_many_people"
    message = _(
        "More than %(most)s people are called so. Give a reference, phone or e-mail address."
    )
    field = "actor"


class AddressNotFound(NotFound):
    code = "address_not_found"
    message = _("We do not know this address.")


class EmailInvalid(Invalid):
    code = "email_invalid"
    message = _("This is not an e-mail address.")
    field = "email"


class PhoneInvalid(Invalid):
    code = "phone_invalid"
    message = _("This is not a phone number. Write it like 0754 123 456 or +255 754 123 456.")
    field = "phone"


class ContactMissing(Invalid):
    code = "contact_missing"
    message = _("Give an e-mail address or a phone number.")
    field = "email"


class NameMissing(Invalid):
    code = "name_missing"
    message = _("Give a name.")
    field = "name"


class LanguageUnknown(Invalid):
    code = "language_unknown"
    message = _("Choose English (en) or Swahili (sw).")
    field = "language"


class PasswordWeak(Invalid):
    """`reasons` are Django's own sentences, in the reader's language."""

    code = "password_weak"
    message = _("Choose a better password: %(reasons)s")
    field = "password"


class EmailTaken(Conflict):
    code = "email_taken"
    message = _("This e-mail address already has an account. Sign in instead.")
    field = "email"


class PhoneTaken(Conflict):
    code = "phone_taken"
    message = _("This phone number already has an account. Sign in instead.")
    field = "phone"


class CredentialsWrong(Unauthenticated):
    """Unknown login, wrong password, closed account: never told apart."""

    code = "credentials_wrong"
    message = _("The login or the password is wrong.")


class SecondFactorRequired(Unauthenticated):
    """The password is right; this account wants a code from its authenticator app with it."""

    code = "second_factor_required"
    message = _("Give the code from your authenticator app too.")
    field = "code"


class SecondFactorWrong(Unauthenticated):
    """Wrong, out of date, or used before: never told apart."""

    code = "second_factor_wrong"
    message = _("This code is not right. Wait for the next one and try again.")
    field = "code"


class SecondFactorLocked(TooMany):
    code = "second_factor_locked"
    message = _("Too many wrong codes. Please wait %(minutes)s minutes.")
    field = "code"


class SecondFactorMissing(Conflict):
    code = "second_factor_missing"
    message = _("Two-step sign-in is not set up for this account.")


class SecondFactorPresent(Conflict):
    code = "second_factor_present"
    message = _("An authenticator app is set up already.")


class PasskeyRefused(Unauthenticated):
    """Unknown, stopped, somebody else's, answered wrongly, late or twice: never told apart."""

    code = "passkey_refused"
    message = _("This passkey did not prove who you are. Try again, or use another way.")


class PasskeyNotAdded(Invalid):
    """Its answer was wrong, late, or came twice."""

    code = "passkey_not_added"
    message = _("The passkey was not added. Please begin again.")


class PasskeyKnown(Conflict):
    code = "passkey_known"
    message = _("This passkey is here already.")


class PasskeyNameMissing(Invalid):
    code = "passkey_name_missing"
    message = _("Give the passkey a name of up to %(most)s letters.")
    field = "name"


class TooManyPasskeys(Conflict):
    code = "too_many_passkeys"
    message = _("You have %(most)s passkeys. Remove one that you do not need.")


class PasskeyNotFound(NotFound):
    code = "passkey_not_found"
    message = _("This passkey is not here any more.")


class PasswordLinkDead(NotFound):
    """Unknown, used, too old or withdrawn: never told apart."""

    code = "password_link_dead"
    message = _("This link does not work any more. Ask for a new one.")


class NotInvited(Conflict):
    code = "not_invited"
    message = _("There is no invitation that waits for this person.")


class InvitedHasRoles(Conflict):
    """Two people agreed to give them to whoever reads the first address."""

    code = "invited_has_roles"
    message = _(
        "This person has roles already. Take them away first; then they are asked for anew."
    )


class SameEmail(Invalid):
    code = "same_email"
    message = _("The invitation went to this address. Invite again instead.")
    field = "email"


class PasswordWrong(Invalid):
    """Of somebody who is signed in already."""

    code = "password_wrong"
    message = _("This password is not right.")


class ConsoleSessionNotFound(NotFound):
    code = "console_session_not_found"
    message = _("This session has ended already.")


class OwnSecondFactor(Forbidden):
    code = "own_second_factor"
    message = _("Remove your own second step with a code from it.")


class SignInLocked(TooMany):
    code = "sign_in_locked"
    message = _("Too many failed sign-ins. Please wait %(minutes)s minutes.")


class AccessTokenInvalid(Unauthenticated):
    code = "token_invalid"
    message = _("Your session has ended. Please sign in.")


class AccessTokenExpired(Unauthenticated):
    code = "token_expired"
    message = _("Your session has to be renewed.")


class RefreshTokenInvalid(Unauthenticated):
    """Unknown, expired, ended or used before: never told apart."""

    code = "refresh_token_invalid"
    message = _("Your session has ended. Please sign in.")


class CodeWrong(Invalid):
    code = "code_wrong"
    message = _("This is not the code we sent. Tries left: %(left)s.")
    field = "code"


class CodeExpired(Invalid):
    code = "code_expired"
    message = _("This code is no longer valid. Please ask for a new one.")
    field = "code"


class TooManyCodes(TooMany):
    code = "too_many_codes"
    message = _("We sent several codes already. Please wait an hour and try again.")


class RoleUnknown(Invalid):
    code = "role_unknown"
    message = _("There is no role called %(role)s.")
    field = "roles"


class OwnRoles(Forbidden):
    code = "own_roles"
    message = _("Nobody changes their own roles. Ask a colleague.")


class NotKeeperOfRoles(Forbidden):
    """Also for who was when the page was drawn."""

    code = "not_keeper_of_roles"
    message = _("Your role does not let you decide about roles.")


class RoleNeedsSecondPerson(Forbidden):
    code = "role_needs_second_person"
    message = _("A role is given by two people: ask for it, and a colleague agrees.")
    field = "roles"


class NoRoleAdded(Invalid):
    code = "no_role_added"
    message = _("None of these roles is new for this person.")
    field = "roles"


class RoleRequestNotFound(NotFound):
    code = "role_request_not_found"
    message = _("There is no such role request.")


class RoleRequestWaits(Conflict):
    code = "role_request_waits"
    message = _("%(reference)s about this person waits already: decide or withdraw it first.")


class RolesMoved(Conflict):
    code = "roles_moved"
    message = _("This person has other roles by now than when it was asked for. Reject it.")


class AddressIncomplete(Invalid):
    code = "address_incomplete"
    message = _("This part of the address is missing or too long.")
