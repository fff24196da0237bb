"""Who reacts to what: the whole event flow of the marketplace on one page.

Every event has a row, even where nobody listens (yet): an event that is missing here is a mistake
that `tests/architecture` finds. Handlers on `bulk` are long; `external=True` ones call the outside.
"""

from collections.abc import Mapping, Sequence

from marketplace.accounts import events as accounts
from marketplace.catalog import events as catalog
from marketplace.disputes import events as disputes
from marketplace.fees import events as fees
from marketplace.listings import events as listings
from marketplace.notifications import events as notifications
from marketplace.orders import events as orders
from marketplace.payments import events as payments
from marketplace.payouts import events as payouts
from marketplace.reconciliation import events as reconciliation
from marketplace.sellers import events as sellers
from marketplace.shared.events import Event
from marketplace.shared.outbox import Subscription
from reports import events as reports

SUBSCRIPTIONS: Mapping[type[Event], Sequence[Subscription]] = {
    # --- accounts ---
    accounts.UserRegistered: [],
    accounts.PhoneCodeRequested: [],
    accounts.PhoneVerified: [],
    accounts.SessionReplayed: [],
    accounts.RolesChanged: [],
    accounts.PasswordChanged: [],
    accounts.AddressSaved: [],
    # --- sellers ---
    sellers.ApplicationStarted: [],
    sellers.ApplicationEdited: [],
    sellers.ApplicationSubmitted: [],
    sellers.ApplicationClaimed: [],
    sellers.ApplicationReleased: [],
    sellers.InformationRequested: [],
    sellers.ApplicationApproved: [],
    sellers.ApplicationRejected: [],
    sellers.DocumentUploaded: [],
    sellers.DocumentReviewed: [],
    sellers.DocumentRead: [],
    sellers.SellerStatusChanged: [],
    # --- catalog ---
    catalog.ProductCreated: [],
    catalog.ProductChanged: [],
    catalog.CategoryChanged: [],
    # --- fees ---
    fees.CommissionRuleSet: [],
    fees.CommissionRuleEnded: [],
    fees.VatRateSet: [],
    # --- listings ---
    listings.ListingCreated: [],
    listings.ListingChanged: [],
    listings.ListingStatusChanged: [],
    listings.StockSoldOut: [],
    listings.PictureUploaded: [],
    listings.PictureProcessed: [],
    listings.ImportStepDue: [],
    listings.ImportFinished: [],
    listings.ListingsImported: [],
    # --- orders ---
    orders.OrderPlaced: [],
    orders.OrderPaid: [],
    orders.OrderCancelled: [],
    orders.OrderExpired: [],
    orders.OrderCompleted: [],
    orders.SellerOrderConfirmed: [],
    orders.SellerOrderShipped: [],
    orders.SellerOrderDelivered: [],
    orders.SellerOrderCancelled: [],
    # --- payments ---
    payments.IntentOpened: [],
    payments.AttemptStarted: [],
    payments.AttemptSent: [],
    payments.AttemptUncertain: [],
    payments.PaymentSucceeded: [],
    payments.PaymentFailed: [],
    payments.PaymentReversed: [],
    payments.ProviderMessageReceived: [],
    payments.RefundRequested: [],
    payments.RefundSent: [],
    payments.RefundSucceeded: [],
    payments.RefundFailed: [],
    # --- payouts ---
    payouts.EarningOpened: [],
    payouts.EarningReleased: [],
    payouts.EarningHeld: [],
    payouts.EarningUnheld: [],
    payouts.BatchPrepared: [],
    payouts.BatchApproved: [],
    payouts.BatchRejected: [],
    payouts.BatchCompleted: [],
    payouts.PayoutApproved: [],
    payouts.PayoutCancelled: [],
    payouts.PayoutSent: [],
    payouts.PayoutPaid: [],
    payouts.PayoutFailed: [],
    # --- reconciliation ---
    reconciliation.StatementUploaded: [],
    reconciliation.StatementImported: [],
    reconciliation.StatementRefused: [],
    reconciliation.LinesBooked: [],
    reconciliation.ExceptionResolved: [],
    # --- disputes ---
    disputes.DisputeOpened: [],
    disputes.DisputeAssigned: [],
    disputes.DisputeMessagePosted: [],
    disputes.EvidenceAdded: [],
    disputes.DisputeResolved: [],
    disputes.DisputeWithdrawn: [],
    # --- notifications ---
    notifications.MessageQueued: [],
    # --- reports ---
    reports.ReportRequested: [],
    reports.ReportFinished: [],
    reports.ReportDownloaded: [],
}
