"""What must hold of people at every moment, beyond what a constraint can say."""

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "accounts.level_is_earned",
        "Whoever stands on KYC level 1 or higher has a verified phone, and the other way round.",
        by_sql(
            "SELECT count(*) FROM accounts_user",
            "SELECT reference FROM accounts_user WHERE (kyc_level >= 1)"
            " <> (phone IS NOT NULL AND phone_verified_at IS NOT NULL)",
        ),
    ),
    Invariant(
        "accounts.session_can_go_on",
        "Every open session has exactly one live refresh token.",
        by_sql(
            "SELECT count(*) FROM accounts_refreshfamily",
            "SELECT f.id FROM accounts_refreshfamily f LEFT JOIN accounts_refreshtoken t"
            " ON t.family_id = f.id AND t.used_at IS NULL WHERE f.ended_at IS NULL"
            " GROUP BY f.id HAVING count(t.id) <> 1",
        ),
    ),
    Invariant(
        "accounts.console_needs_a_role",
        "Whoever has a role may enter the console.",
        by_sql(
            "SELECT count(*) FROM accounts_user_groups",
            "SELECT u.reference FROM accounts_user u JOIN accounts_user_groups g"
            " ON g.user_id = u.id WHERE NOT u.is_staff GROUP BY u.reference",
        ),
    ),
    Invariant(
        "accounts.second_step_can_be_asked_for",
        "Whoever is asked for a code has a confirmed factor since that moment, and nobody else has one.",
        by_sql(
            "SELECT count(*) FROM accounts_user",
            "SELECT u.reference FROM accounts_user u LEFT JOIN accounts_secondfactor f"
            " ON f.user_id = u.id WHERE u.second_factor_since IS DISTINCT FROM f.confirmed_at",
        ),
    ),
    Invariant(
        "accounts.ended_console_sessions_are_gone",
        "A session of the console that was ended opens no page any more.",
        by_sql(
            "SELECT count(*) FROM accounts_consolesession",
            "SELECT c.id FROM accounts_consolesession c JOIN django_session s"
            " ON s.session_key = c.key WHERE c.ended_at IS NOT NULL",
        ),
    ),
]
