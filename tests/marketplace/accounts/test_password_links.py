"""Links with which people choose their password: once, soon, for their owner, and known to nobody else."""

from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.db import connection

from marketplace.accounts.commands import (
    approve_roles,
    ask_password_link,
    choose_password,
    correct_invitation,
    forget_spent,
    invite_again,
    invite_colleague,
    password_links,
    refresh,
    request_roles,
    send_password_link,
    set_roles,
    sign_in,
    withdraw_invitation,
)
from marketplace.accounts.errors import (
    CredentialsWrong,
    EmailInvalid,
    EmailTaken,
    InvitedHasRoles,
    NotInvited,
    NotKeeperOfRoles,
    PasswordLinkDead,
    PasswordWeak,
    RefreshTokenInvalid,
    SameEmail,
)
from marketplace.accounts.models import PasswordLink, RoleRequest, User
from marketplace.accounts.queries import invitation_of, password_link, unseal_token
from marketplace.accounts.states import RoleRequestStatus
from marketplace.shared import clock
from marketplace.shared.four_eyes import FourEyes
from marketplace.shared.models import LoggedEvent
from marketplace.shared.states import IllegalTransition
from tests.factories.accounts import (
    PASSWORD,
    SYSTEM,
    a_keeper,
    a_staff_member,
    a_user,
    staff_actor,
    with_second_factor,
)
from tests.processes import dwell, without_row_locks
from tests.threads import at_once, refused
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
NEW = "Safari-njema-88"


def events(name):
    return LoggedEvent.objects.filter(name=f"accounts.{name}.v1")


def token_of(name):
    """What the newest mail of this kind carries."""
    return unseal_token(events(name).order_by("-pk").first().payload["sealed_token"])


def invited(email="neema@example.test", **given):
    return invite_colleague(email=email, name="Neema Mushi", actor=staff_actor(a_keeper()), **given)


def forgotten(user):
    send_password_link(email=user.email)
    return token_of("password_forgotten")


# --- Invitations ---


def test_an_invited_colleague_has_no_password_before_choosing_one():
    user = invited(language="sw")

    assert not user.has_usable_password()
    for guess in ("", "!", user.password):
        with pytest.raises(CredentialsWrong):
            sign_in(login=user.email, password=guess)
    assert invitation_of(user.pk).until > clock.now()

    choose_password(token=token_of("colleague_invited"), password=NEW)

    assert sign_in(login=user.email, password=NEW).user == user
    assert invitation_of(user.pk) is None
    assert events("invitation_accepted").count() == 1
    assert broken_invariants() == []


def test_only_who_decides_about_roles_invites_again_and_withdraws():
    user, stranger = invited(), staff_actor(a_staff_member())

    with pytest.raises(NotKeeperOfRoles):
        invite_colleague(email="juma@example.test", name="Juma", actor=stranger)
    with pytest.raises(NotKeeperOfRoles):
        invite_again(user_id=user.pk, actor=stranger)
    with pytest.raises(NotKeeperOfRoles):
        withdraw_invitation(user_id=user.pk, reason="x", actor=stranger)


def test_an_address_that_has_an_account_is_not_invited():
    with pytest.raises(EmailTaken):
        invited(email=a_user().email)


def test_another_invitation_ends_the_one_before():
    user = invited()
    first = token_of("colleague_invited")
    invite_again(user_id=user.pk, actor=staff_actor(a_keeper()))

    with pytest.raises(PasswordLinkDead):
        choose_password(token=first, password=NEW)
    choose_password(token=token_of("colleague_invited"), password=NEW)

    with pytest.raises(NotInvited):
        invite_again(user_id=user.pk, actor=staff_actor(a_keeper()))


def test_a_withdrawn_invitation_opens_nothing_by_no_other_way_either():
    user, keeper = invited(), staff_actor(a_keeper())
    User.objects.filter(pk=user.pk).update(is_staff=True)
    withdraw_invitation(user_id=user.pk, reason="Wrong address", actor=keeper)

    with pytest.raises(PasswordLinkDead):
        choose_password(token=token_of("colleague_invited"), password=NEW)
    send_password_link(email=user.email)
    assert events("password_forgotten").count() == 0
    assert invitation_of(user.pk).until is None
    with pytest.raises(NotInvited):
        withdraw_invitation(user_id=user.pk, reason="Again", actor=keeper)


def test_a_withdrawn_invitation_takes_the_roles_that_were_asked_for_with_it():
    user, keeper = invited(), staff_actor(a_keeper())
    asked_for = request_roles(user_id=user.pk, roles=["support"], reason="Monday", actor=keeper)

    withdraw_invitation(user_id=user.pk, reason="Will not come", actor=staff_actor(a_keeper()))

    asked_for.refresh_from_db()
    assert asked_for.status == RoleRequestStatus.WITHDRAWN
    with pytest.raises(IllegalTransition):
        approve_roles(request_id=asked_for.pk, actor=staff_actor(a_keeper()))
    assert events("role_request_withdrawn").count() == 1
    assert broken_invariants() == []


def test_at_the_right_address_the_link_is_another_and_the_roles_are_asked_for_anew():
    user, keeper = invited(email="nema@example.test"), staff_actor(a_keeper())
    wrong = token_of("colleague_invited")
    first = request_roles(user_id=user.pk, roles=["support"], reason="Monday", actor=keeper)
    corrector = staff_actor(a_keeper())

    correct_invitation(
        user_id=user.pk, email=" Neema@example.test", reason="Typed wrongly", actor=corrector
    )

    with pytest.raises(PasswordLinkDead):
        choose_password(token=wrong, password=NEW)
    with pytest.raises(IllegalTransition):
        approve_roles(request_id=first.pk, actor=staff_actor(a_keeper()))
    again = RoleRequest.objects.get(subject=user, status=RoleRequestStatus.REQUESTED)
    with pytest.raises(FourEyes):
        approve_roles(request_id=again.pk, actor=corrector)
    approve_roles(request_id=again.pk, actor=keeper)
    choose_password(token=token_of("colleague_invited"), password=NEW)
    assert sign_in(login="neema@example.test", password=NEW).user == user
    told = events("invitation_corrected").get()
    assert (told.before, told.after) == (
        {"email": "nema@example.test"},
        {"email": "neema@example.test"},
    )
    assert broken_invariants() == []


def test_an_address_is_corrected_by_a_keeper_before_there_is_a_password_or_power():
    user, keeper, other = invited(), staff_actor(a_keeper()), a_user()

    def corrected(email, actor=keeper):
        correct_invitation(user_id=user.pk, email=email, reason="Typed wrongly", actor=actor)

    for error, email, actor in (
        (NotKeeperOfRoles, "juma@example.test", staff_actor(a_staff_member())),
        (EmailTaken, other.email, keeper),
        (EmailInvalid, "juma", keeper),
        (SameEmail, user.email.upper(), keeper),
    ):
        with pytest.raises(error):
            corrected(email, actor)
    set_roles(user_id=user.pk, roles=["support"], actor=SYSTEM)
    with pytest.raises(InvitedHasRoles):
        corrected("juma@example.test")
    set_roles(user_id=user.pk, roles=[], actor=keeper)
    choose_password(token=token_of("colleague_invited"), password=NEW)
    with pytest.raises(NotInvited):
        corrected("juma@example.test")
    assert events("invitation_corrected").count() == 0


def test_it_waits_for_days_and_not_for_ever():
    invited()

    with clock.at(clock.now() + timedelta(hours=configured.INVITATION_HOURS)):
        assert password_link(token_of("colleague_invited")) is None
        with pytest.raises(PasswordLinkDead):
            choose_password(token=token_of("colleague_invited"), password=NEW)


# --- Forgotten passwords ---


def test_a_new_password_ends_all_that_the_old_one_opened():
    user = a_staff_member()
    session = sign_in(login=user.email, password=PASSWORD)

    choose_password(token=forgotten(user), password=NEW)

    with pytest.raises(CredentialsWrong):
        sign_in(login=user.email, password=PASSWORD)
    with pytest.raises(RefreshTokenInvalid):
        refresh(refresh_token=session.refresh)
    assert events("password_changed").count() == 1


def test_the_second_step_stays():
    user = with_second_factor(a_staff_member())

    choose_password(token=forgotten(user), password=NEW)

    user.refresh_from_db()
    assert user.second_factor_since is not None


def test_a_link_works_once_and_for_an_hour():
    user = a_staff_member()
    token = forgotten(user)
    choose_password(token=token, password=NEW)
    with pytest.raises(PasswordLinkDead):
        choose_password(token=token, password="Another-1-please")

    late = forgotten(user)
    with clock.at(clock.now() + timedelta(minutes=configured.PASSWORD_LINK_MINUTES)):
        with pytest.raises(PasswordLinkDead):
            choose_password(token=late, password=NEW)


def test_a_weak_password_spends_nothing():
    user = a_staff_member()
    token = forgotten(user)
    with pytest.raises(PasswordWeak):
        choose_password(token=token, password="12345678")

    choose_password(token=token, password=NEW)


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_buyers_and_closed_accounts_are_sent_nothing(change):
    user = a_staff_member()
    User.objects.filter(pk=user.pk).update(**change)

    send_password_link(email=user.email)
    send_password_link(email="nobody@example.test")

    assert not PasswordLink.objects.exists()


def test_an_account_that_was_closed_meanwhile_takes_no_password():
    user = a_staff_member()
    token = forgotten(user)
    User.objects.filter(pk=user.pk).update(is_active=False)

    with pytest.raises(PasswordLinkDead):
        choose_password(token=token, password=NEW)


def test_nobodys_mailbox_is_filled():
    user = a_staff_member()
    for _time in range(10):
        send_password_link(email=user.email)

    assert PasswordLink.objects.count() == password_links.FORGOTTEN_PER_HOUR_MAX


def test_who_asks_leaves_the_same_trace_whether_we_know_the_address_or_not():
    user = a_staff_member()
    ask_password_link(email=f" {user.email.upper()} ")
    ask_password_link(email="nobody@example.test")

    first, second = events("password_link_asked")
    assert set(first.payload) == set(second.payload)
    assert user.email not in str(first.payload)
    assert not PasswordLink.objects.exists()


def test_the_database_never_sees_a_token():
    token = forgotten(a_staff_member())

    with connection.cursor() as cursor:
        cursor.execute("SELECT l::text FROM accounts_passwordlink l")
        (link,) = cursor.fetchone()
        cursor.execute("SELECT string_agg(payload::text, '') FROM shared_loggedevent")
        (log,) = cursor.fetchone()
    assert token not in link
    assert token not in log


def test_old_links_are_forgotten_and_invitations_are_not():
    invited()
    forgotten(a_staff_member())

    with clock.at(clock.now() + timedelta(days=40)):
        assert forget_spent() == 1
    assert PasswordLink.objects.count() == 1


# --- The same link twice at once ---


def twice_at_once(token):
    return at_once(
        lambda: choose_password(token=token, password=NEW),
        lambda: choose_password(token=token, password="Another-1-please"),
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_who_come_with_one_link_one_chooses(monkeypatch):
    token = forgotten(a_staff_member())
    dwell(monkeypatch, password_links, "_link")

    (refusal,) = refused(twice_at_once(token))

    assert isinstance(refusal, PasswordLinkDead)
    assert events("password_changed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_row_locks_one_link_is_used_twice(monkeypatch):
    token = forgotten(a_staff_member())
    without_row_locks(monkeypatch)
    dwell(monkeypatch, password_links, "_link")

    assert refused(twice_at_once(token)) == []
    assert events("password_changed").count() == 2
