"""What must hold of people at every moment, beyond what a constraint can say."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "accounts.level_is_earned",
        _("Whoever stands on KYC level 1 or higher has a verified phone, and the other way round."),
        by_sql(
            "SELECT count(*) FROM accounts_user",
            "SELECT reference FROM accounts_user WHERE (kyc_level >= 1)"
            " <> (phone IS NOT NULL AND phone_verified_at IS NOT NULL)",
        ),
    ),
    Invariant(
        "accounts.session_can_go_on",
        _("Every open session has exactly one live refresh token."),
        by_sql(
            "SELECT count(*) FROM accounts_refreshfamily",
            "SELECT f.id FROM accounts_refreshfamily f LEFT JOIN accounts_refreshtoken t"
            " ON t.family_id = f.id AND t.used_at IS NULL WHERE f.ended_at IS NULL"
            " GROUP BY f.id HAVING count(t.id) <> 1",
        ),
    ),
    Invariant(
        "accounts.console_needs_a_role",
        _("Whoever has a role may enter the console."),
        by_sql(
            "SELECT count(*) FROM accounts_user_groups",
            "SELECT u.reference FROM accounts_user u JOIN accounts_user_groups g"
            " ON g.user_id = u.id WHERE NOT u.is_staff GROUP BY u.reference",
        ),
    ),
    Invariant(
        "accounts.roles_given_by_two",
        _("A role that a person gave to somebody was asked for by another person."),
        by_sql(
            "SELECT count(*) FROM shared_loggedevent WHERE name = 'accounts.roles_changed.v1'",
            # What was given before two people were needed says nothing of a request.
            "SELECT e.aggregate_id FROM shared_loggedevent e"
            " WHERE e.name = 'accounts.roles_changed.v1' AND e.actor_kind <> 'system'"
            " AND jsonb_exists(e.payload, 'request_id')"
            " AND NOT e.before -> 'roles' @> (e.after -> 'roles') AND NOT EXISTS ("
            "SELECT FROM accounts_rolerequest r WHERE r.id::text = e.payload ->> 'request_id'"
            " AND r.status = 'approved' AND r.subject_id::text = e.aggregate_id"
            " AND to_jsonb(r.roles) = e.after -> 'roles' AND r.decided_by_id::text = e.actor_id"
            " AND r.requested_by_id <> r.decided_by_id)",
        ),
    ),
    Invariant(
        "accounts.role_requests_are_about_the_present",
        _("A role request that waits begins with the roles that the person has."),
        by_sql(
            "SELECT count(*) FROM accounts_rolerequest WHERE status = 'requested'",
            "SELECT r.reference FROM accounts_rolerequest r WHERE r.status = 'requested'"
            " AND r.roles_before::text[] <> ARRAY(SELECT g.name::text FROM accounts_user_groups u"
            " JOIN auth_group g ON g.id = u.group_id WHERE u.user_id = r.subject_id"
            ' ORDER BY g.name COLLATE "C")',
        ),
    ),
    Invariant(
        "accounts.second_step_can_be_asked_for",
        _(
            "Whoever is asked for a code has a confirmed factor since that moment, and nobody else has one."
        ),
        by_sql(
            "SELECT count(*) FROM accounts_user",
            "SELECT u.reference FROM accounts_user u LEFT JOIN accounts_secondfactor f"
            " ON f.user_id = u.id WHERE u.second_factor_since IS DISTINCT FROM f.confirmed_at",
        ),
    ),
    Invariant(
        "accounts.second_step_has_a_means",
        _(
            "Whoever is asked for a second step has an app or a passkey, and nobody else has either."
        ),
        by_sql(
            "SELECT count(*) FROM accounts_user",
            "SELECT u.reference FROM accounts_user u LEFT JOIN accounts_secondfactor f"
            " ON f.user_id = u.id WHERE (u.second_factor_since IS NOT NULL) <> (f.app_since IS NOT"
            " NULL OR EXISTS (SELECT FROM accounts_passkey p WHERE p.user_id = u.id))",
        ),
    ),
    Invariant(
        "accounts.passkeys_are_those_added",
        _("A passkey that opens something is the one whose adding stands in the event log."),
        by_sql(
            "SELECT count(*) FROM accounts_passkey",
            "SELECT p.id FROM accounts_passkey p WHERE NOT EXISTS (SELECT FROM shared_loggedevent e"
            " WHERE e.name = 'accounts.passkey_added.v1' AND e.aggregate_id = p.user_id::text"
            " AND e.payload ->> 'passkey_id' = p.id::text"
            " AND e.payload ->> 'fingerprint' = encode(sha256(p.public_key), 'hex'))",
        ),
    ),
    Invariant(
        "accounts.invitations_are_accepted_with_a_password",
        _("A member of staff without a password was invited and has not accepted."),
        by_sql(
            "SELECT count(*) FROM accounts_user WHERE is_staff",
            "SELECT u.reference FROM accounts_user u WHERE u.is_staff AND u.password LIKE '!%'"
            " AND (NOT EXISTS (SELECT FROM accounts_passwordlink l WHERE l.user_id = u.id"
            " AND l.kind = 'invitation') OR EXISTS (SELECT FROM accounts_passwordlink l"
            " WHERE l.user_id = u.id AND l.used_at IS NOT NULL))",
        ),
    ),
    Invariant(
        "accounts.ended_console_sessions_are_gone",
        _("A session of the console that was ended opens no page any more."),
        by_sql(
            "SELECT count(*) FROM accounts_consolesession",
            "SELECT c.id FROM accounts_consolesession c JOIN django_session s"
            " ON s.session_key = c.key WHERE c.ended_at IS NOT NULL",
        ),
    ),
]
