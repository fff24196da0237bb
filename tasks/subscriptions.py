"""Who reacts to what: the whole event flow of the marketplace on one page.

Every event has a row, even where nobody listens (yet): an event that is missing here is a mistake
that `tests/architecture` finds. Handlers on `bulk` are long; `external=True` ones call the outside.
"""

from collections.abc import Mapping, Sequence

from marketplace.accounts import events as accounts
from marketplace.accounts import handlers as account_work
from marketplace.analytics import events as analytics
from marketplace.analytics import handlers as analyse
from marketplace.billing import events as billing
from marketplace.billing import handlers as billing_work
from marketplace.casework import events as casework
from marketplace.catalog import events as catalog
from marketplace.closing import events as closing
from marketplace.disputes import events as disputes
from marketplace.disputes import handlers as dispute_work
from marketplace.fees import events as fees
from marketplace.listings import events as listings
from marketplace.listings import handlers as listing_work
from marketplace.notifications import (
    closing_news,
    dispute_news,
    order_news,
    payout_news,
    privacy_news,
    review_news,
    rule_news,
    sign_in_news,
)
from marketplace.notifications import events as notifications
from marketplace.notifications import handlers as notify
from marketplace.orders import events as orders
from marketplace.payments import events as payments
from marketplace.payments import handlers as payment_work
from marketplace.payouts import events as payouts
from marketplace.payouts import handlers as payout_work
from marketplace.privacy import events as privacy
from marketplace.privacy import handlers as privacy_work
from marketplace.reconciliation import events as reconciliation
from marketplace.reconciliation import handlers as reconciliation_handlers
from marketplace.reviews import events as reviews
from marketplace.rules import events as rules
from marketplace.search import handlers as search_index
from marketplace.sellers import events as sellers
from marketplace.shared import events as shared
from marketplace.shared.events import Event
from marketplace.shared.outbox import Subscription
from reports import events as reports
from reports import handlers as reports_handlers
from tasks import bulk
from tasks import events as tasks

SUBSCRIPTIONS: Mapping[type[Event], Sequence[Subscription]] = {
    # --- accounts ---
    accounts.UserRegistered: [Subscription(notify.welcome)],
    accounts.PhoneCodeRequested: [Subscription(notify.send_phone_code)],
    accounts.PhoneVerified: [],
    accounts.SessionReplayed: [],
    accounts.RolesChanged: [Subscription(privacy_work.end_with_roles)],
    accounts.RolesRequested: [Subscription(sign_in_news.roles_requested)],
    accounts.RoleRequestApproved: [],
    accounts.RoleRequestRejected: [],
    accounts.RoleRequestWithdrawn: [],
    accounts.RoleRequestOvertaken: [],
    accounts.PasswordChanged: [Subscription(sign_in_news.password_changed)],
    accounts.ColleagueInvited: [Subscription(sign_in_news.invited)],
    accounts.InvitationWithdrawn: [],
    accounts.InvitationCorrected: [],
    accounts.InvitationAccepted: [],
    accounts.PasswordLinkAsked: [Subscription(account_work.look_up_address)],
    accounts.PasswordForgotten: [Subscription(sign_in_news.password_forgotten)],
    accounts.AddressSaved: [],
    accounts.SecondFactorBegun: [],
    accounts.SecondFactorConfirmed: [],
    accounts.SecondFactorProved: [],
    accounts.SecondFactorRefused: [Subscription(sign_in_news.wrong_codes)],
    accounts.RecoveryCodeUsed: [],
    accounts.RecoveryCodesRenewed: [],
    accounts.SecondFactorRemoved: [Subscription(sign_in_news.second_step_removed)],
    accounts.AppAdded: [],
    accounts.AppRemoved: [],
    accounts.PasskeyAdded: [Subscription(sign_in_news.passkey_added)],
    accounts.PasskeyProved: [],
    accounts.PasskeyRefused: [],
    accounts.PasskeyStopped: [Subscription(sign_in_news.passkey_stopped)],
    accounts.PasskeyRemoved: [Subscription(sign_in_news.passkey_removed)],
    accounts.ConsoleSessionOpened: [],
    accounts.ConsoleSessionEnded: [Subscription(privacy_work.end_with_console_session)],
    accounts.SessionsEnded: [Subscription(privacy_work.end_with_sessions)],
    accounts.ConsentGiven: [],
    accounts.ConsentWithdrawn: [Subscription(analyse.stop_telling)],
    # --- shared, tasks: what people do to background work ---
    shared.DeliveryRetried: [],
    shared.DeliveryDiscarded: [],
    tasks.JobRetried: [],
    tasks.JobGivenUp: [],
    tasks.SweepAsked: [],
    # --- rules ---
    rules.RuleSet: [],
    rules.RuleChangeRequested: [Subscription(rule_news.change_requested)],
    rules.RuleChangeApproved: [Subscription(rule_news.change_decided)],
    rules.RuleChangeRejected: [Subscription(rule_news.change_decided)],
    rules.RuleChangeWithdrawn: [],
    # --- privacy ---
    privacy.PersonRevealed: [],
    privacy.SellerRevealed: [],
    privacy.RecordRevealed: [],
    privacy.SightBegun: [Subscription(privacy_news.account_seen)],
    privacy.SightEnded: [],
    privacy.SightUsed: [],
    # --- casework ---
    casework.CaseClaimed: [],
    casework.CaseAssigned: [],
    casework.CaseReleased: [],
    casework.CaseSnoozed: [],
    casework.CaseWoken: [],
    casework.CaseNoted: [],
    casework.QueueTimeSet: [],
    casework.MacroSaved: [],
    casework.MacroUsed: [],
    casework.ViewSaved: [],
    casework.ViewDeleted: [],
    casework.BulkChosen: [],
    casework.BulkStarted: [Subscription(bulk.work, queue="bulk", external=True)],
    casework.BulkStepped: [Subscription(bulk.work, queue="bulk", external=True)],
    casework.BulkFinished: [],
    casework.BulkCancelled: [],
    # --- sellers ---
    sellers.ApplicationStarted: [],
    sellers.ApplicationEdited: [],
    sellers.ApplicationSubmitted: [Subscription(notify.application_submitted)],
    sellers.ApplicationClaimed: [],
    sellers.ApplicationReleased: [],
    sellers.InformationRequested: [Subscription(notify.information_requested)],
    sellers.ApplicationApproved: [
        Subscription(notify.application_approved),
        Subscription(payout_work.check_wallet, external=True),
    ],
    sellers.ApplicationRejected: [Subscription(notify.application_rejected)],
    sellers.DocumentUploaded: [],
    sellers.DocumentReviewed: [],
    sellers.DocumentRead: [],
    sellers.StandingRequested: [],
    sellers.StandingApproved: [],
    sellers.StandingRejected: [],
    sellers.StandingWithdrawn: [],
    sellers.HoldLapsed: [],
    sellers.SellerStatusChanged: [
        Subscription(search_index.index_seller, queue="bulk", external=True)
    ],
    sellers.PayoutWalletChanged: [
        Subscription(payout_news.wallet_changed),
        Subscription(payout_work.check_wallet, external=True),
    ],
    # --- catalog ---
    catalog.ProductCreated: [Subscription(search_index.index_product)],
    catalog.ProductImported: [],  # Hundreds at once: listings.ListingsImported has them indexed.
    catalog.ProductChanged: [Subscription(search_index.index_product)],
    catalog.CategoryChanged: [
        Subscription(search_index.index_category, queue="bulk", external=True)
    ],
    # --- fees ---
    fees.CommissionRuleSet: [],
    fees.CommissionRuleEnded: [],
    fees.VatRateSet: [],
    # --- listings ---
    listings.ListingCreated: [Subscription(search_index.index_listing)],
    listings.ListingChanged: [Subscription(search_index.index_listing)],
    listings.ListingStatusChanged: [
        Subscription(notify.listing_decided),
        Subscription(search_index.index_listing),
    ],
    listings.StockSoldOut: [Subscription(search_index.index_listing)],
    listings.PictureUploaded: [
        Subscription(listing_work.process_picture, queue="bulk", external=True)
    ],
    listings.PictureProcessed: [],
    listings.ImportStepDue: [Subscription(listing_work.work_off_import, queue="bulk")],
    listings.ImportFinished: [Subscription(notify.import_finished)],
    listings.ListingsImported: [Subscription(search_index.index_imported, queue="bulk")],
    # --- orders ---
    orders.OrderPlaced: [
        Subscription(notify.order_placed),
        Subscription(search_index.index_ordered),
    ],
    orders.OrderPaid: [
        Subscription(payout_work.open_earnings),
        Subscription(notify.receipt),
        Subscription(notify.new_order),
        Subscription(search_index.index_ordered),
    ],
    orders.OrderCancelled: [
        Subscription(payment_work.close_intent),
        Subscription(notify.order_cancelled),
        Subscription(search_index.index_ordered),
    ],
    orders.OrderExpired: [
        Subscription(payment_work.close_intent),
        Subscription(notify.order_expired),
        Subscription(search_index.index_ordered),
    ],
    orders.OrderCompleted: [],
    orders.OrderDeliveryChanged: [Subscription(order_news.delivery_changed)],
    orders.ShippingRateSet: [],
    orders.SellerOrderConfirmed: [],
    orders.SellerOrderShipped: [Subscription(notify.order_shipped)],
    orders.SellerOrderDelivered: [
        Subscription(payout_work.begin_hold),
        Subscription(notify.order_delivered),
    ],
    orders.SellerOrderCancelled: [
        Subscription(payment_work.refund_cancelled_part),
        Subscription(notify.part_cancelled),
        Subscription(search_index.index_ordered),
    ],
    # --- payments ---
    payments.IntentOpened: [],
    payments.AttemptStarted: [Subscription(payment_work.send_attempt, external=True)],
    payments.AttemptSent: [],
    payments.BillTaken: [],
    payments.AttemptUncertain: [],
    payments.ReceiptLearned: [],
    payments.PaymentSucceeded: [
        Subscription(payment_work.return_unusable_payment),
        Subscription(billing_work.collect),
    ],
    payments.PaymentFailed: [Subscription(notify.payment_failed)],
    payments.PaymentReversed: [
        Subscription(payout_work.close_refunded),
        Subscription(billing_work.collect),
        Subscription(dispute_work.open_for_reversal),
    ],
    payments.ChargebackSettled: [
        Subscription(payout_work.close_refunded),
        Subscription(billing_work.collect),
    ],
    payments.ProviderMessageReceived: [
        Subscription(payment_work.process_message, external=True),
        Subscription(payout_work.read_message, external=True),
    ],
    payments.RefundProposed: [],
    payments.RefundRejected: [Subscription(dispute_work.reopen)],
    payments.ProviderPaused: [],
    payments.ProviderResumed: [],
    payments.ProviderLimitsSet: [],
    payments.ProviderFeesSet: [],
    payments.IssueOpened: [],
    payments.IssueProposed: [],
    payments.IssueSentBack: [],
    payments.IssueClosed: [],
    payments.PaymentApplied: [Subscription(billing_work.collect)],
    payments.RefundRequested: [
        Subscription(payment_work.send_refund, external=True),
        Subscription(payout_work.close_refunded),
        Subscription(dispute_work.complete_resolution),
        Subscription(billing_work.collect),
    ],
    payments.RefundBorneAnew: [
        Subscription(payout_work.close_refunded),
        Subscription(billing_work.collect),
    ],
    payments.RefundSent: [],
    payments.RefundSucceeded: [Subscription(notify.refund_arrived)],
    payments.RefundFailed: [],
    # --- payouts ---
    payouts.EarningOpened: [],
    payouts.EarningReleased: [],
    payouts.EarningHeld: [],
    payouts.EarningUnheld: [],
    payouts.ReserveDrawn: [],
    payouts.ReserveReleased: [],
    payouts.SellerHeld: [Subscription(payout_news.seller_held)],
    payouts.SellerFreed: [Subscription(payout_news.seller_freed)],
    payouts.PayoutTermsSet: [],
    payouts.ReserveRuleSet: [],
    payouts.TermsRequested: [Subscription(rule_news.terms_requested)],
    payouts.TermsApproved: [Subscription(rule_news.terms_decided)],
    payouts.TermsRejected: [Subscription(rule_news.terms_decided)],
    payouts.TermsWithdrawn: [],
    payouts.WalletChecked: [Subscription(payout_news.wallet_refused)],
    payouts.BatchPrepared: [],
    payouts.BatchTakenOn: [],
    payouts.BatchApproved: [],
    payouts.BatchRejected: [],
    payouts.BatchCompleted: [],
    payouts.PayoutApproved: [Subscription(payout_work.disburse, external=True)],
    payouts.PayoutCancelled: [],
    payouts.PayoutReduced: [Subscription(payout_news.payout_reduced)],
    payouts.PayoutSent: [],
    payouts.PayoutPaid: [Subscription(notify.payout_paid)],
    payouts.PayoutFailed: [Subscription(notify.payout_failed)],
    payouts.PayoutReturned: [Subscription(payout_news.payout_returned)],
    payouts.PayoutsPaused: [Subscription(payout_news.payouts_paused)],
    payouts.PayoutsResumed: [Subscription(payout_work.send_waiting, external=True)],
    payouts.TopUpRequested: [],
    payouts.TopUpApproved: [Subscription(reconciliation_handlers.match_top_up, queue="bulk")],
    payouts.TopUpRejected: [],
    payouts.ResultFileUploaded: [
        Subscription(payout_work.judge_results, queue="bulk", external=True)
    ],
    # --- billing ---
    billing.DocumentIssued: [Subscription(billing_work.fiscalise, external=True)],
    billing.FiscalReceiptQueued: [],
    billing.FiscalReceiptAcknowledged: [],
    billing.FiscalReceiptRefused: [],
    billing.FiscalSendingAsked: [Subscription(billing_work.send_receipts, external=True)],
    # --- reconciliation ---
    reconciliation.StatementUploaded: [
        Subscription(reconciliation_handlers.read_statement, queue="bulk"),
    ],
    reconciliation.StatementImported: [
        Subscription(reconciliation_handlers.ask_about_reversals, queue="bulk", external=True),
        Subscription(reconciliation_handlers.return_payouts, queue="bulk", external=True),
        Subscription(reconciliation_handlers.settle_what_is_shown, queue="bulk", external=True),
        Subscription(reconciliation_handlers.explain_callbacks, queue="bulk"),
    ],
    reconciliation.StatementRefused: [],
    reconciliation.LinesBooked: [],
    reconciliation.ExceptionResolved: [],
    reconciliation.ExceptionReopened: [],
    reconciliation.ExceptionClaimed: [],
    reconciliation.ExceptionAssigned: [],
    reconciliation.ExceptionReleased: [],
    reconciliation.ExceptionNoted: [],
    reconciliation.SuggestionConfirmed: [],
    reconciliation.SuggestionRejected: [],
    reconciliation.SuggestionSuperseded: [],
    reconciliation.SuggestionTakenBack: [],
    reconciliation.SuggestionRevived: [],
    # --- closing ---
    closing.PeriodClosed: [],
    closing.ReopeningRequested: [Subscription(closing_news.reopening_requested)],
    closing.ReopeningRejected: [],
    closing.PeriodReopened: [],
    # --- disputes ---
    disputes.DisputeOpened: [Subscription(notify.dispute_opened)],
    disputes.DisputeTakenBack: [Subscription(dispute_news.taken_back)],
    disputes.DisputeContested: [],
    disputes.DisputeAssigned: [],
    disputes.DisputeMessagePosted: [Subscription(notify.dispute_message)],
    disputes.EvidenceAdded: [Subscription(dispute_news.evidence_added)],
    disputes.EvidenceSubmitted: [Subscription(dispute_news.evidence_submitted)],
    disputes.DisputeDecided: [],
    disputes.DisputeReopened: [],
    disputes.DisputeResolved: [Subscription(notify.dispute_resolved)],
    disputes.DisputeAppealed: [Subscription(dispute_news.appealed)],
    disputes.AppealDecided: [Subscription(dispute_news.appeal_decided)],
    disputes.AppealDropped: [],
    disputes.DisputeWithdrawn: [],
    disputes.DisputeTurnPassed: [Subscription(dispute_news.turn_passed)],
    disputes.ProposalMade: [Subscription(dispute_news.proposal_made)],
    disputes.ProposalAccepted: [],
    disputes.DisputeSideSilent: [Subscription(dispute_news.side_silent)],
    # --- reviews ---
    reviews.ReviewWritten: [],
    reviews.ReviewEdited: [],
    reviews.ReviewPublished: [Subscription(review_news.review_published)],
    reviews.ReviewRejected: [Subscription(review_news.review_rejected)],
    reviews.ReviewReturned: [],
    reviews.ReviewWithdrawn: [],
    reviews.ReviewTakenDown: [Subscription(review_news.review_taken_down)],
    reviews.ReviewReported: [],
    reviews.ReportsDismissed: [],
    reviews.ReplyWritten: [],
    reviews.ReplyPublished: [Subscription(review_news.reply_published)],
    reviews.ReplyRejected: [Subscription(review_news.reply_rejected)],
    # --- notifications ---
    notifications.MessageQueued: [Subscription(notify.send, external=True)],
    notifications.TemplateEdited: [],
    # --- analytics ---
    analytics.RefusedToldAgain: [],
    # --- reports ---
    reports.ReportRequested: [
        Subscription(reports_handlers.make, queue="bulk", external=True),
    ],
    reports.ReportFinished: [Subscription(reports_handlers.mail)],
    reports.ReportDownloaded: [],
    reports.ListExported: [],
    reports.ReportScheduled: [],
    reports.ScheduleStatusChanged: [],
    reports.ScheduleSkipped: [],
}
