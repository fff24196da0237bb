"""The queue of payout terms that two people change, and what who approves payouts may."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0020_help_buyers"),
        ("payouts", "0013_changes_by_two_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="TermsQueue",
            fields=[],
            options={
                "verbose_name": "payout terms to decide",
                "verbose_name_plural": "payout terms to decide",
                "proxy": True,
                "default_permissions": ("view",),
                "indexes": [],
                "constraints": [],
            },
            bases=("payouts.termsrequest",),
        ),
        migrations.AlterModelOptions(
            name="duty",
            options={
                "default_permissions": (),
                "managed": False,
                "permissions": [
                    (
                        "decide_applications",
                        "Can decide seller applications and read their documents",
                    ),
                    ("suspend_sellers", "Can suspend and reactivate sellers"),
                    ("edit_catalog", "Can edit categories, brands and products"),
                    ("moderate_listings", "Can approve, reject and pause listings"),
                    ("moderate_reviews", "Can publish, reject and take down reviews and replies"),
                    ("cancel_orders", "Can cancel orders"),
                    ("fulfil_orders", "Can mark parcels shipped and delivered"),
                    (
                        "help_buyers",
                        "Can change where an order goes, ask its wallet and write again",
                    ),
                    ("request_refunds", "Can ask for refunds"),
                    ("approve_refunds", "Can approve and reject refunds that others asked for"),
                    ("retry_refunds", "Can send failed refunds again, another way or by hand"),
                    ("settle_payments", "Can decide about payments that fit nothing"),
                    ("control_providers", "Can pause providers and set their limits and fees"),
                    ("prepare_payouts", "Can prepare payout batches"),
                    (
                        "approve_payouts",
                        "Can approve and reject payout batches, top-ups and payout terms",
                    ),
                    ("hold_earnings", "Can hold and free earnings"),
                    ("issue_invoices", "Can bill sellers for the last month"),
                    ("upload_statements", "Can upload provider statements"),
                    ("resolve_exceptions", "Can resolve reconciliation exceptions"),
                    ("close_periods", "Can close months of the books"),
                    ("request_reopening", "Can ask to reopen a closed month"),
                    ("approve_reopening", "Can agree to reopen a month that another asked for"),
                    (
                        "handle_disputes",
                        "Can work on disputes: notes, messages, assignment, evidence",
                    ),
                    ("resolve_disputes", "Can resolve disputes"),
                    ("order_reports", "Can order and download reports"),
                    ("export_lists", "Can export lists to spreadsheets"),
                    ("set_rates", "Can set commission and VAT rates"),
                    ("edit_templates", "Can edit message templates"),
                    ("handle_deliveries", "Can retry and discard dead letters"),
                    ("decide_in_bulk", "Can decide about many rows at once, in the background"),
                    ("run_jobs", "Can start schedules, run failed jobs again and give them up"),
                    ("set_queue_times", "Can set how long cases may wait in each queue"),
                    ("set_roles", "Can give and take roles"),
                    ("set_rules", "Can set thresholds, deadlines and switches of the marketplace"),
                    (
                        "reveal_personal_data",
                        "Can reveal phones, addresses and numbers of people, with a reason",
                    ),
                    (
                        "see_as_others",
                        "Can see the account of a buyer or seller as they do, without acting",
                    ),
                    ("see_system", "Can see the system page"),
                    ("see_sales", "Can see sales figures"),
                ],
            },
        ),
    ]
