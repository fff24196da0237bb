"""One corruption of the data for each invariant, as SQL that no command of ours would run."""

ANY_POSTING = "SELECT min(id) FROM ledger_posting"
SELLERS_POSTING = (
    "SELECT min(p.id) FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id"
    " JOIN orders_sellerorder s ON s.reference = p.reference WHERE a.code LIKE 'seller%'"
)
MATCHED_FEE = "SELECT line_id FROM reconciliation_match WHERE target_kind = 'fee'"
MATCHED_OURS = "SELECT line_id FROM reconciliation_match WHERE target_kind = 'attempt'"


def copied(table: str, changes: str, where: str = "true") -> str:
    """One row once more, with another key."""
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table},"
        f" to_jsonb(x) || jsonb_build_object({changes}))).* FROM {table} x WHERE {where} LIMIT 1"
    )


def a_closed_month(month: str) -> str:
    """One of long ago, in which nothing was posted."""
    return (
        "INSERT INTO ledger_periodlock (month, until, event_id, postings, debit_minor, closed_at)"
        f" SELECT '{month}', '{month}'::date + 31, (SELECT id FROM shared_loggedevent"
        " WHERE id NOT IN (SELECT event_id FROM ledger_periodlock) LIMIT 1), 1, 100, now()"
    )


def a_month(month: str, status: str) -> str:
    """A month of long ago, as nobody opened or closed it."""
    return (
        "INSERT INTO closing_period (id, month, status)"
        f" VALUES (gen_random_uuid(), '{month}', '{status}')"
    )


CORRUPTIONS: dict[str, str] = {
    "shared.no_delivery_lost": "UPDATE shared_delivery SET status = 'pending', finished_at = NULL,"
    " next_attempt_at = now() - interval '2 hours'",
    # --- ledger ---
    "ledger.trial_balance_zero": "UPDATE ledger_posting SET amount_minor = amount_minor + 1"
    f" WHERE id = ({ANY_POSTING})",
    "ledger.entries_balanced": "UPDATE ledger_posting SET entry_id = (SELECT entry_id FROM"
    f" ledger_posting ORDER BY id DESC LIMIT 1) WHERE id = ({ANY_POSTING})",
    "ledger.currency_of_account": "UPDATE ledger_account SET currency = 'KES' WHERE id ="
    f" (SELECT account_id FROM ledger_posting WHERE id = ({ANY_POSTING}))",
    "ledger.closed_months_rest": a_closed_month("2020-01-01"),
    "ledger.kept_totals_are_the_postings": f"{a_closed_month('2020-01-01')};"
    " INSERT INTO ledger_closedtotal (lock_id, account_id, debit_minor, credit_minor)"
    " SELECT (SELECT id FROM ledger_periodlock LIMIT 1), min(id), 100, 0 FROM ledger_account",
    "ledger.months_close_in_order": f"{a_closed_month('2020-01-01')};"
    f" {a_closed_month('2020-03-01')}",
    "ledger.sealed_rows_rest": "UPDATE shared_loggedevent SET actor_label = 'somebody else'"
    " WHERE id = (SELECT id FROM shared_loggedevent ORDER BY id LIMIT 1)",
    "ledger.seals_chain": "DELETE FROM ledger_sealedrow WHERE kind = 'entry'",
    "ledger.nothing_slips_in": copied(
        "shared_loggedevent", "'id', '00000000-0000-7000-8000-000000000000'"
    ),
    "closing.locked_as_stated": a_month("2020-01-01", "closed"),
    "closing.months_close_in_order": f"{a_month('2020-01-01', 'open')};"
    f" {a_month('2020-02-01', 'closed')}",
    "closing.figures_are_the_ledger": f"{a_closed_month('2020-01-01')};"
    f" {a_month('2020-01-01', 'closed')};"
    " INSERT INTO closing_close (id, period_id, number, closed_by_id, closed_at, reason, checklist,"
    " wallets) SELECT gen_random_uuid(), id, 1, gen_random_uuid(), now(), 'x', '[]', '[]'"
    " FROM closing_period;"
    " INSERT INTO closing_closingbalance (close_id, account, kind, balance_minor)"
    " SELECT id, 'bank', 'asset', 100 FROM closing_close",
    "closing.opened_by_two": "WITH who AS (SELECT gen_random_uuid() AS id)"
    " INSERT INTO closing_reopening (id, period_id, status, reason, requested_by_id, requested_at,"
    " decided_by_id, decided_at, decision_reason) SELECT gen_random_uuid(), gen_random_uuid(),"
    " 'approved', 'x', id, now(), id, now(), '' FROM who",
    # --- people and goods ---
    "accounts.level_is_earned": "UPDATE accounts_user SET phone_verified_at = NULL"
    " WHERE kyc_level >= 1",
    "accounts.session_can_go_on": "UPDATE accounts_refreshtoken SET used_at = now()",
    "accounts.console_needs_a_role": "UPDATE accounts_user SET is_staff = false"
    " WHERE id IN (SELECT user_id FROM accounts_user_groups)",
    "accounts.roles_given_by_two": "INSERT INTO shared_loggedevent SELECT"
    " (jsonb_populate_record(NULL::shared_loggedevent, to_jsonb(x) || jsonb_build_object('id',"
    " gen_random_uuid(), 'name', 'accounts.roles_changed.v1', 'actor_kind', 'staff', 'before',"
    """ '{"roles": []}'::jsonb, 'after', '{"roles": ["finance"]}'::jsonb, 'payload',"""
    """ '{"request_id": null}'::jsonb))).* FROM shared_loggedevent x LIMIT 1""",
    "accounts.role_requests_are_about_the_present": "UPDATE accounts_rolerequest"
    " SET roles_before = ARRAY['emperor']",
    "accounts.second_step_can_be_asked_for": "UPDATE accounts_user SET second_factor_since = now()",
    "accounts.second_step_has_a_means": "UPDATE accounts_secondfactor SET app_since = NULL",
    "accounts.passkeys_are_those_added": "INSERT INTO accounts_passkey (id, user_id, name,"
    " credential_id, public_key, sign_count, is_synced, transports, added_at) SELECT"
    " gen_random_uuid(), id, 'x', 'x', 'x', 0, false, '{}', now() FROM accounts_user LIMIT 1",
    "accounts.invitations_are_accepted_with_a_password": "UPDATE accounts_user SET password = '!x'"
    " WHERE is_staff",
    "accounts.ended_console_sessions_are_gone": "UPDATE accounts_consolesession SET ended_at = now()",
    "rules.were_set": "UPDATE rules_rulesetting SET value = 1, set_by_id ="
    " (SELECT id FROM accounts_user LIMIT 1) WHERE name = 'hold'",
    "rules.of_money_by_two": "UPDATE rules_rulerequest SET to_usual = true WHERE status = 'approved'",
    "rules.agreed_changes_are_made_once": "UPDATE rules_rulerequest SET status = 'approved',"
    " decided_by_id = (SELECT id FROM accounts_user u WHERE u.id <> requested_by_id LIMIT 1),"
    " decided_at = now() WHERE status = 'requested'",
    "payouts.terms_were_set": "UPDATE payouts_reserverule SET days = days + 1 WHERE tier = 'standard'",
    "payouts.terms_by_two": "UPDATE payouts_termsrequest SET after = '{}' WHERE status = 'approved'",
    "payouts.agreed_terms_are_set_once": "UPDATE payouts_termsrequest SET status = 'approved',"
    " decided_by_id = (SELECT id FROM accounts_user u WHERE u.id <> requested_by_id LIMIT 1),"
    " decided_at = now() WHERE status = 'requested'",
    "casework.cases_are_with_staff": "INSERT INTO casework_work (id, kind, case_id, entered_at,"
    " assignee_id, assigned_at, snooze_reason) SELECT gen_random_uuid(), 'refund', 'x', now(), id,"
    " now(), '' FROM accounts_user LIMIT 1",
    "casework.bulk_decisions_add_up": "WITH b AS (INSERT INTO casework_bulkrun (id, reference, action,"
    " status, filters, answers, trial, total, done, refused, failed, requested_by_id, requested_at,"
    " finished_at) SELECT gen_random_uuid(), 'BLK-SPOILED', 'listings.approve', 'finished', '', '{}',"
    " '{}', 1, 1, 0, 0, id, now(), now() FROM accounts_user LIMIT 1 RETURNING id)"
    " INSERT INTO casework_bulkrow (run_id, thing_id, label, outcome, said)"
    " SELECT id, 'x', 'x', 'waiting', '' FROM b",
    "casework.times_were_set": "INSERT INTO casework_queuetime (queue, hours, set_by_id, set_at)"
    " SELECT 'refunds', 5, id, now() FROM accounts_user LIMIT 1",
    "sellers.sellers_were_approved": "UPDATE sellers_application SET status = 'submitted',"
    " decided_at = NULL WHERE id IN (SELECT application_id FROM sellers_seller)",
    "sellers.sellers_have_an_owner": "DELETE FROM sellers_sellermember",
    "sellers.requests_are_about_the_present": "UPDATE sellers_standingrequest"
    " SET status_before = 'closed'",
    "sellers.holds_end": "UPDATE sellers_standingrequest SET held_until = now() - interval '2 hours'",
    "sellers.decisions_are_dated": "UPDATE sellers_application SET decided_at = NULL",
    "catalog.tree_has_roots": "UPDATE catalog_category SET parent_id = id",
    "fees.today_has_a_vat_rate": "UPDATE fees_vatrate SET valid_until = '2021-01-01'",
    "fees.every_sale_has_a_rule": "UPDATE fees_commissionrule SET valid_until = '2021-01-01'",
    "fees.one_rule_per_position": copied(
        "fees_commissionrule", "'id', gen_random_uuid(), 'reference', 'CR-TWICE'"
    ),
    "listings.stock_within_bounds": "UPDATE listings_listing SET reserved = on_hand + 1",
    "listings.import_counts": "UPDATE listings_importbatch SET rows_total = rows_total + 1",
    "reviews.stars_are_counted": "UPDATE reviews_productrating SET stars_5 = stars_5 + 1",
    "reviews.of_what_arrived": "UPDATE reviews_review SET buyer_id ="
    " (SELECT id FROM accounts_user u WHERE u.id <> buyer_id LIMIT 1)",
    "reviews.reports_are_counted": "UPDATE reviews_report SET status = 'dismissed'",
    "reviews.wait_for_their_question": "UPDATE reviews_review SET question = '', waits_since = NULL",
    "reviews.versions_are_kept": "UPDATE reviews_review SET body = 'Somebody else said this'",
    "search.index_agrees": "UPDATE search_searchdocument SET price_minor = price_minor + 100",
    # --- orders ---
    "orders.reserved_is_open_reservations": "UPDATE listings_listing SET reserved = reserved + 1",
    "orders.reservations_follow_order": "UPDATE orders_reservation SET status = 'open',"
    " closed_at = NULL WHERE status = 'sold'",
    "orders.parts_add_up": "UPDATE orders_orderline SET total_minor = total_minor + 100",
    "orders.status_follows_parts": "UPDATE orders_sellerorder SET status = 'shipped'"
    " WHERE status = 'delivered'",
    # --- payments ---
    "payments.paid_orders_have_one_payment": "UPDATE payments_attempt SET is_applied = false",
    "payments.refunds_within_payment": "UPDATE payments_refund SET amount_minor = 100 * amount_minor",
    "payments.refund_parts_add_up": "UPDATE payments_refundpart SET amount_minor = amount_minor + 100",
    "payments.pieces_refunded_once": "UPDATE payments_refundline SET quantity = 99",
    "payments.refunds_seen_by_two": "UPDATE payments_refund SET decided_by_id = requested_by_id",
    "payments.refunds_are_booked": "UPDATE payments_refund SET status = 'succeeded'"
    " WHERE status IN ('requested', 'failed')",
    "payments.unusable_money_goes_back": "UPDATE payments_attempt a SET is_applied = false,"
    " settled_at = now() - interval '2 hours' WHERE NOT EXISTS"
    " (SELECT FROM payments_refund r WHERE r.attempt_id = a.id)",
    "payments.suspense_is_explained": "UPDATE payments_attempt a SET is_applied = false"
    " WHERE NOT EXISTS (SELECT FROM payments_refund r WHERE r.attempt_id = a.id)",
    "payments.unbelieved_messages_are_shown": "INSERT INTO payments_inboxmessage (id, provider,"
    " dedupe_key, body, headers, remote_address, status, verdict, times_received, received_at)"
    " VALUES (gen_random_uuid(), 'mpesa', 'x', '', '{}', '', 'unmatched', '', 1, now())",
    "payments.chargebacks_are_booked": "INSERT INTO payments_chargeback (id, attempt_id,"
    " seller_order_id, amount_minor, seller_minor, commission_minor, commission_vat_minor, status,"
    " won_by, taken_at) SELECT gen_random_uuid(), (SELECT id FROM payments_attempt LIMIT 1), id,"
    " 100, 100, 0, 0, 'open', '', now() FROM orders_sellerorder LIMIT 1",
    "payments.settled_is_booked": "UPDATE payments_attempt SET amount_minor = amount_minor + 100"
    " WHERE status = 'succeeded'",
    # --- payouts ---
    "payouts.seller_balances": "UPDATE ledger_posting SET amount_minor = amount_minor + 100"
    f" WHERE id = ({SELLERS_POSTING})",
    "payouts.clearing_is_open_payouts": "UPDATE payouts_payout SET status = 'approved'",
    "payouts.top_ups_booked": "UPDATE payouts_topup SET amount_minor = amount_minor + 100",
    "payouts.lines_add_up": "UPDATE payouts_payoutline SET amount_minor = amount_minor + 100",
    "payouts.approved_is_sent_or_taken_back": "UPDATE payouts_payout"
    " SET taken_back_minor = taken_back_minor + 100",
    "payouts.every_paid_part_has_an_earning": "DELETE FROM payouts_earning;"
    " UPDATE orders_order SET paid_at = now() - interval '2 hours' WHERE paid_at IS NOT NULL",
    "payouts.on_hold_is_holds_and_reserves": "UPDATE payouts_hold SET freed_at = now()",
    "payouts.nothing_held_is_available": "UPDATE payouts_earning SET status = 'available'"
    " WHERE status = 'on_hold'",
    "payouts.paid_earnings_have_a_paid_payout": "UPDATE payouts_earning SET status = 'available'"
    " WHERE status = 'paid'",
    "payouts.paid_is_booked": "UPDATE payouts_payout SET amount_minor = amount_minor + 100",
    "payouts.nothing_to_a_resting_wallet": "UPDATE sellers_seller SET wallet_rests_until ="
    " now() + interval '1 day', wallet_changed_at = now() - interval '1 day'",
    "payouts.nothing_sent_of_what_was_taken_back": "INSERT INTO payments_chargeback (id,"
    " attempt_id, seller_order_id, amount_minor, seller_minor, commission_minor,"
    " commission_vat_minor, status, won_by, taken_at) SELECT gen_random_uuid(),"
    " (SELECT id FROM payments_attempt LIMIT 1), s.id, 100, 100, 0, 0, 'open', '',"
    " p.sent_at - interval '1 second' FROM payouts_payoutline l JOIN orders_sellerorder s"
    " ON s.reference = l.seller_order_reference JOIN payouts_payout p ON p.id = l.payout_id"
    " WHERE p.sent_at IS NOT NULL LIMIT 1",
    # --- disputes and billing ---
    "casework.macros_were_used": "UPDATE casework_macro SET times_used = times_used + 1",
    "disputes.refunds_exist": "UPDATE disputes_dispute SET refunded_minor = 100,"
    " refund_reference = 'REF-NOWHERE'",
    "disputes.money_is_held": "UPDATE payouts_earning SET status = 'pending'"
    " WHERE status = 'on_hold'",
    "disputes.chargebacks_have_their_case": "INSERT INTO payments_chargeback (id, attempt_id,"
    " seller_order_id, amount_minor, seller_minor, commission_minor, commission_vat_minor, status,"
    " won_by, taken_at) SELECT gen_random_uuid(), (SELECT id FROM payments_attempt LIMIT 1), id,"
    " 100, 100, 0, 0, 'open', '', now() - interval '2 hours' FROM orders_sellerorder LIMIT 1",
    "disputes.appeals_were_decided_by_another": "UPDATE disputes_appeal"
    " SET decided_by_id = first_decided_by_id",
    "disputes.appeals_are_as_their_case": "UPDATE disputes_appeal SET outcome = 'replacement'",
    "disputes.appeals_are_borne": "UPDATE payments_refundpart SET goodwill_minor = 0,"
    " seller_minor = amount_minor, commission_minor = 0, commission_vat_minor = 0",
    "disputes.losses_were_agreed_by_two": "UPDATE disputes_dispute SET approved_by_id = buyer_id",
    # --- figures ---
    "analytics.sales_are_the_orders": "INSERT INTO analytics_rollup (day, measure, dimension, key,"
    " count, total) SELECT '2020-01-01', 'paid', '', '', 1, 100",
    "analytics.take_is_the_ledger": "INSERT INTO analytics_rollup (day, measure, dimension, key,"
    " count, total) SELECT '2020-01-01', 'take', '', '', 1, 100",
    "analytics.months_are_their_days": "INSERT INTO analytics_rollup (day, measure, dimension, key,"
    " count, total) SELECT '2020-01-01', 'paid', 'seller_month', 'x', 1, 100",
    "analytics.waits_are_the_verdicts": "INSERT INTO analytics_rollup (day, measure, dimension, key,"
    " count, total) SELECT '2020-01-01', 'verdict', 'waited', '80', 1, 3600",
    "analytics.told_with_consent": "WITH b AS (INSERT INTO analytics_forwardbatch (destination, attempts,"
    " next_attempt_at, opened_at, checked_at, closed_at, taken, refused, failure) VALUES ('segment', 1,"
    " now(), now(), now(), now(), 1, 0, '') RETURNING id) INSERT INTO analytics_forwardeddeed"
    " (destination, deed_id, name, buyer_id, properties, happened_at, status, batch_id, failure)"
    " SELECT 'segment', gen_random_uuid(), 'Product Viewed', gen_random_uuid(), '{}', now(), 'sent', id,"
    " '' FROM b",
    "analytics.told_once": "INSERT INTO analytics_forwardbatch (destination, attempts, next_attempt_at,"
    " opened_at, checked_at, closed_at, taken, refused, failure) VALUES ('segment', 1, now(), now(),"
    " now(), now(), 1, 0, '')",
    "billing.lines_are_the_ledger": "DELETE FROM billing_commissionline",
    "billing.documents_add_up": "UPDATE billing_document SET commission_minor = commission_minor + 1",
    "billing.numbers_have_no_gap": "UPDATE billing_counter SET last = last + 1",
    "billing.receipts_have_no_gap": "UPDATE billing_fiscaldevice SET last_gc = last_gc + 1",
    "billing.receipts_in_order": copied(
        "billing_fiscalreceipt",
        "'id', -1, 'gc', x.gc - 1, 'status', 'queued', 'acknowledged_at', NULL",
    ),
    "billing.receipts_are_of_their_invoice": "UPDATE billing_fiscalreceipt"
    " SET vat_minor = vat_minor + 1",
    # --- messages ---
    "notifications.told_once": copied(
        "notifications_message",
        "'id', gen_random_uuid(), 'reference', 'MSG-TWICE', 'dedupe_key', 'twice'",
        "code = 'order_placed'",
    ),
    "notifications.sent_after_written": "UPDATE notifications_message SET status = 'sent',"
    " sent_at = created_at - interval '1 day'",
    "notifications.nobody_waits_for_ever": "UPDATE notifications_message SET status = 'queued';"
    " UPDATE shared_delivery SET status = 'done'",
    # --- reconciliation ---
    "reconciliation.lines_judged": "UPDATE reconciliation_statementline SET state = 'unmatched'",
    "reconciliation.states_agree": "DELETE FROM reconciliation_match",
    "reconciliation.lines_counted": "UPDATE reconciliation_statement SET lines_total = lines_total + 1",
    "reconciliation.amounts_equal": "UPDATE reconciliation_statementline SET amount_minor ="
    f" amount_minor + 100 WHERE id IN ({MATCHED_OURS})",
    "reconciliation.sums_equal": "UPDATE reconciliation_suggestiontarget"
    " SET amount_minor = amount_minor + 100",
    "reconciliation.charges_booked": "UPDATE reconciliation_statementline SET amount_minor ="
    f" amount_minor - 100 WHERE id IN ({MATCHED_FEE})",
    "reconciliation.matches_confirmed": "UPDATE reconciliation_suggestion SET status = 'proposed'"
    " WHERE status = 'confirmed'",
    "reconciliation.resolutions_booked": "UPDATE reconciliation_reconciliationexception"
    " SET actual_minor = actual_minor + 100 WHERE resolution = 'to_suspense'",
}
