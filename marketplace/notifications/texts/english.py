"""What we say in English."""

from marketplace.notifications.texts import Words
from marketplace.notifications.texts.english_requests import REQUESTS
from marketplace.notifications.texts.english_sign_in import SIGN_IN

GREETING = "Hello {name},"
FAREWELL = "ZetuTech"

WORDS: dict[str, Words] = {
    **SIGN_IN,
    **REQUESTS,
    "phone_code": Words(
        "", "", "ZetuTech: your code is {code}. It works for {minutes} minutes. Tell nobody."
    ),
    "welcome": Words(
        "Welcome to ZetuTech",
        "Your account is ready. You can now find electronics from sellers all over Tanzania and "
        "pay by mobile money.",
        "Welcome to ZetuTech, {name}. Your account is ready.",
    ),
    "account_seen": Words(
        "We look at your account",
        "A member of our staff looks at your account as you see it, from {at} for at most {minutes} "
        "minutes. Nothing can be changed in it.\n\nWhy: {reason}\n\n"
        "If you did not expect this, please answer this message.",
        "ZetuTech: our staff looks at your account from {at}, for at most {minutes} minutes, and can "
        "change nothing. Why: {reason}",
    ),
    "application_submitted": Words(
        "We have received your application {application}",
        "Thank you for applying to sell as {business}. Our team looks at your documents and "
        "answers within two working days.\n\nApplication: {application}",
        "ZetuTech: we have received your application {application} for {business}.",
    ),
    "application_information_requested": Words(
        "We need something more for your application {application}",
        "To go on with the application of {business} we need this from you:\n\n{message}\n\n"
        "Please complete the application {application} and submit it again.",
        "ZetuTech: we need more information for application {application}: {message}",
    ),
    "application_approved": Words(
        "{business} can now sell on ZetuTech",
        "Congratulations: your application {application} is approved. You can now add listings, "
        "one by one or from a file.",
        "ZetuTech: congratulations, {business} can now sell. Add your first listings.",
    ),
    "application_rejected": Words(
        "Your application {application} was not approved",
        "We could not approve the application of {business}:\n\n{reason}\n\n"
        "You are welcome to apply again once this has changed.",
        "ZetuTech: application {application} was not approved: {reason}",
    ),
    "listing_live": Words(
        "{title} is on sale",
        "Your listing {listing} ({title}, SKU {sku}) has been approved. Buyers can order it now.",
        "ZetuTech: {title} (SKU {sku}) is on sale now.",
    ),
    "listing_rejected": Words(
        "Your listing {listing} needs a change",
        "We could not approve {title} (SKU {sku}):\n\n{reason}\n\n"
        "Please change the listing {listing} and submit it again.",
        "ZetuTech: listing {listing} (SKU {sku}) was not approved: {reason}",
    ),
    "import_finished": Words(
        "Import {import} is finished",
        "We have worked through {file}:\n\nNew listings: {created}\nUpdated listings: {updated}\n"
        "Rows with mistakes: {failed}\n\nThe import {import} shows what is wrong with each row.",
        "ZetuTech: import {import} finished. New {created}, updated {updated}, wrong {failed}.",
    ),
    "import_refused": Words(
        "Import {import} could not be read",
        "We could not import {file}:\n\n{reason}\n\nNothing was changed by import {import}.",
        "ZetuTech: import {import} was refused: {reason}",
    ),
    "seller_new_order": Words(
        "New order {order}",
        "You have sold, and the buyer has paid:\n\n{items}\n\nAmount with delivery: {amount}\n"
        "Delivery to: {region}\n\nPlease confirm order {order} and ship it.",
        "ZetuTech: new paid order {order}, {amount}, to {region}. Please confirm and ship.",
    ),
    "seller_order_delivered": Words(
        "Order {order} has been delivered",
        "Order {order} over {amount} has reached the buyer. Your earnings become available when "
        "the holding period is over.",
        "ZetuTech: order {order} over {amount} has been delivered.",
    ),
    "seller_order_cancelled": Words(
        "Order {order} was cancelled",
        "Please do not ship order {order}: it was cancelled.\n\nReason: {reason}",
        "ZetuTech: do not ship order {order}, it was cancelled: {reason}",
    ),
    "seller_order_redirected": Words(
        "Order {order} goes to another address",
        "The buyer of order {order} has moved the delivery. Please look at the address anew before you "
        "send it.",
        "ZetuTech: the delivery address of order {order} has changed. Look at it before you send it.",
    ),
    "seller_dispute_opened": Words(
        "A buyer disputes order {order}",
        "The buyer of order {order} asks for {amount} back.\n\nReason: {reason}\n\n"
        "The money is on hold until dispute {dispute} is resolved. Please answer there until {until}, "
        "and show:\n\n{asked}",
        "ZetuTech: the buyer disputes order {order} over {amount}. Please answer in {dispute} until "
        "{until}.",
    ),
    "seller_payment_taken_back": Words(
        "The payment of order {order} was taken back",
        "The provider has taken {amount} for order {order} back from us. Your money of this order is "
        "on hold in dispute {dispute}. Please show there until {until} that the goods arrived: the "
        "carrier's receipt and the proof of delivery. With them we ask the provider for the money.",
        "ZetuTech: the payment of {order} ({amount}) was taken back. Show your proof of delivery in "
        "{dispute} until {until}.",
    ),
    "seller_chargeback_resolved": Words(
        "Dispute {dispute} about order {order} is settled",
        "It is settled who bears what the provider took back of order {order}: {outcome}.\n\n"
        "Taken from your balance: {amount}",
        "ZetuTech: {dispute} about order {order}: {outcome}. Taken from your balance: {amount}.",
    ),
    "payout_paid": Words(
        "We have paid you {amount}",
        "Payout {payout} of {amount} has been sent to your wallet {number}.",
        "ZetuTech: payout {payout} of {amount} was sent to {number}.",
    ),
    "payout_failed": Words(
        "Payout {payout} did not arrive",
        "We could not send {amount} to your wallet {number}:\n\n{reason}\n\nThe money is back on "
        "your balance and goes out with the next payout. Please check your wallet.",
        "ZetuTech: payout {payout} of {amount} to {number} failed. It is back on your balance.",
    ),
    "payout_reduced": Words(
        "Payout {payout} is {amount}",
        "Of payout {payout}, approved with {approved}, {taken} is not sent: the payment of {orders} was "
        "taken back, or given back to the buyer.\n\nThe rest, {amount}, goes to your wallet {number}. "
        "Your statement shows both.",
        "ZetuTech: of payout {payout} {taken} is not sent ({orders} was taken back or refunded). "
        "{amount} goes to {number}.",
    ),
    "payout_returned": Words(
        "Payout {payout} came back",
        "Payout {payout} of {amount} to your wallet {number} came back to us:\n\n{reason}\n\nThe "
        "money is on your balance again. Please check your wallet before the next payout.",
        "ZetuTech: payout {payout} of {amount} to {number} came back. It is on your balance again.",
    ),
    "wallet_changed": Words(
        "The payout wallet of {shop} has changed",
        "From now on {shop} is paid to {number}. For your safety nothing is paid there before "
        "{until}.\n\nIf you did not ask for this, please tell us at once.",
        "ZetuTech: {shop} is now paid to {number}, from {until} on. Not you? Tell us at once.",
    ),
    "wallet_left": Words(
        "{shop} is no longer paid to this number",
        "The payout wallet of {shop} was this number and has been changed to another one. Nothing "
        "is paid there before {until}.\n\nIf you did not ask for this, please tell us at once.",
        "ZetuTech: {shop} is no longer paid to this number. Not you? Tell us before {until}.",
    ),
    "wallet_refused": Words(
        "We cannot pay {shop} to this wallet",
        "The wallet {number} is not in the name that you gave us:\n\n{reason}\n\nNothing is paid "
        "to it. Please give us another wallet, or the name that it is registered with.",
        "ZetuTech: we cannot pay {shop} to {number}: {reason}",
    ),
    "papers_expired": Words(
        "Documents of {shop} have expired",
        "These documents of {shop} have expired: {papers}.\n\nYour money stays on hold until you "
        "have sent new ones and we have looked at them.",
        "ZetuTech: documents of {shop} have expired ({papers}). Payouts wait until you renew them.",
    ),
    "papers_accepted": Words(
        "The documents of {shop} are in order again",
        "Thank you: the documents of {shop} are in order again. Your money is free.",
        "ZetuTech: the documents of {shop} are in order again. Your money is free.",
    ),
    "finance_payout_returned": Words(
        "Payout {payout} came back",
        "Payout {payout} of {amount} to {shop} came back: {reason}\n\nThe seller has been credited "
        "again. The batch's page pays the failures once more.",
        "ZetuTech: payout {payout} of {amount} to {shop} came back: {reason}",
    ),
    "finance_payouts_paused": Words(
        "Payouts through {provider} are paused",
        "Our float at {provider} does not suffice: {reason}\n\nNo payout leaves through it until "
        "somebody has filled it up and lets them go on, on the payout desk.",
        "ZetuTech: payouts through {provider} are paused: {reason}",
    ),
    "finance_digest": Words(
        "What waits at your desks on {day}",
        "Reconciliation exceptions that are open: {exceptions}, of {amount} together; late: "
        "{late_exceptions}\nPayment issues that are open: {issues}; longer than a day: "
        "{late_issues}\n\nThe oldest waits since {oldest}.",
        "",
    ),
    "order_placed": Words(
        "Your order {order}",
        "Thank you for your order {order} over {total}. Please pay by {pay_by}; after that we "
        "give the goods back to the shelves.",
        "ZetuTech: order {order} over {total}. Please pay by {pay_by}.",
    ),
    "order_paid": Words(
        "Receipt for your order {order}",
        "We have received your payment on {paid_at}.\n\n{items}\n\nDelivery: {shipping}\n"
        "Total: {total}\n\nPrices include VAT. The sellers now prepare your parcels.",
        "ZetuTech: we have received {total} for order {order}. Thank you.",
    ),
    "order_shipped": Words(
        "Your order {order} is on its way",
        "{shop} has sent your parcel of order {order} with {carrier}.\n\nTracking: {tracking}",
        "ZetuTech: {shop} has sent order {order} with {carrier}. Tracking: {tracking}",
    ),
    "order_delivered": Words(
        "Your order {order} has been delivered",
        "Your parcel from {shop} of order {order} has been delivered. If anything is wrong with "
        "it, please open a dispute within {days} days.",
        "ZetuTech: your parcel from {shop} of order {order} has been delivered.",
    ),
    "order_part_cancelled": Words(
        "A part of your order {order} was cancelled",
        "The part of your order {order} from {shop} was cancelled.\n\nReason: {reason}\n\n"
        "You get {amount} back on the phone you paid from.",
        "ZetuTech: the part of order {order} from {shop} was cancelled. You get {amount} back.",
    ),
    "order_cancelled": Words(
        "Your order {order} was cancelled",
        "Your order {order} was cancelled and nothing is to be paid.\n\nReason: {reason}",
        "ZetuTech: your order {order} was cancelled. Nothing is to be paid.",
    ),
    "order_redirected": Words(
        "Your order {order} goes to another address",
        "We have changed the delivery address of your order {order}.\n\nReason: {reason}\n\n"
        "If you did not ask for this, please tell us at once.",
        "ZetuTech: the delivery address of your order {order} was changed. Not you? Tell us at once.",
    ),
    "order_expired": Words(
        "Your order {order} has expired",
        "Your order {order} was not paid in time, so the goods are back on the shelves. You can "
        "order them again. If you did pay, the money comes back by itself.",
        "ZetuTech: order {order} was not paid in time and has expired. You can order again.",
    ),
    "payment_failed": Words(
        "The payment of your order {order} did not work",
        "Your payment of order {order} did not go through: {reason}\n\nThe order waits for you: "
        "please try again.",
        "ZetuTech: the payment of order {order} did not work: {reason} Please try again.",
    ),
    "refund_succeeded": Words(
        "We have sent you {amount} back",
        "{amount} for your order {order} is back on the phone you paid from.\n\nRefund: {refund}",
        "ZetuTech: {amount} for order {order} was sent back to your phone ({refund}).",
    ),
    "dispute_opened": Words(
        "We have received your dispute {dispute}",
        "You ask for {amount} back for order {order}. The seller has been told and will answer; "
        "our team looks at it if you two do not agree.\n\nIt helps to show there:\n\n{asked}",
        "ZetuTech: we have received your dispute {dispute} about order {order}.",
    ),
    "payment_taken_back": Words(
        "Your payment for order {order} was taken back",
        "The provider has given {amount} for order {order} back to the phone that paid, although the "
        "goods were sent. If you have the goods and did not ask for this, please tell us in "
        "dispute {dispute}.",
        "ZetuTech: {amount} for order {order} went back to your phone. If you have the goods, please "
        "tell us in {dispute}.",
    ),
    "report_ready": Words(
        "{report}, {period}",
        "Your report is ready: {report}, {period}.\n\n{link}\n\nThe link works for {days} days, for you "
        "only, once you have signed in to the console.",
        "",
    ),
    "report_failed": Words(
        "{report}, {period}, could not be made",
        "The report that you are to get could not be made: {report}, {period}.\n\n{reason}\n\nYou can "
        "order it again in the console.",
        "",
    ),
    "dispute_message": Words(
        "A new message in dispute {dispute}",
        "There is a new message in dispute {dispute} about order {order}. Please read it and "
        "answer there.",
        "ZetuTech: a new message in dispute {dispute} about order {order}.",
    ),
    "dispute_evidence": Words(
        "New evidence in dispute {dispute}",
        "The other side has shown its evidence in dispute {dispute} about order {order}. You can look "
        "at it there.",
        "ZetuTech: the other side has shown evidence in dispute {dispute} about order {order}.",
    ),
    "dispute_draft_submitted": Words(
        "Your evidence in dispute {dispute} has been submitted",
        "Your time to answer in dispute {dispute} about order {order} was over, so we have submitted "
        "what you had prepared. It is your answer; you may still write and show more.",
        "ZetuTech: your time was over, so we submitted what you had prepared in dispute {dispute}.",
    ),
    "dispute_number_taken_down": Words(
        "A number was written down for you in dispute {dispute}",
        "We have written down the number that you gave us for dispute {dispute} about order {order}. "
        "Please check it there, and write to us in the dispute if it is wrong.",
        "ZetuTech: we wrote down your number in dispute {dispute}. Please check that it is right.",
    ),
    "dispute_proposal": Words(
        "A proposal in dispute {dispute}",
        "The other side of dispute {dispute} about order {order} proposes that {amount} are given "
        "back. Accept it, or propose another amount.",
        "ZetuTech: {amount} are proposed in dispute {dispute}. Accept, or propose another amount.",
    ),
    "dispute_your_turn": Words(
        "Please answer in dispute {dispute}",
        "We need your answer in dispute {dispute} about order {order} until {until}. Please write "
        "there, and add your evidence. Without an answer we go on without you.",
        "ZetuTech: please answer in dispute {dispute} about order {order} until {until}.",
    ),
    "dispute_seller_silent": Words(
        "The seller did not answer in dispute {dispute}",
        "The seller did not answer in time in dispute {dispute} about order {order}. Our team "
        "decides now, on what has been shown.",
        "ZetuTech: no answer of the seller in dispute {dispute}. Our team decides now.",
    ),
    "dispute_buyer_silent": Words(
        "Dispute {dispute} is closed: the buyer did not answer",
        "The buyer did not answer in time in dispute {dispute} about order {order}. The dispute is "
        "closed, and nothing is refunded.",
        "ZetuTech: dispute {dispute} is closed, because the buyer did not answer in time.",
    ),
    "dispute_appealed": Words(
        "Dispute {dispute} is looked at once more",
        "The decision in dispute {dispute} about order {order} was appealed. Another colleague looks "
        "at it until {until}; the decision stands meanwhile. Both sides may write and add evidence "
        "until then.",
        "ZetuTech: the decision in dispute {dispute} about order {order} was appealed. Another "
        "colleague looks at it until {until}.",
    ),
    "appeal_decided": Words(
        "The appeal in dispute {dispute} is decided",
        "The appeal in dispute {dispute} about order {order} is decided: {result}. It stands at: "
        "{outcome}.\n\n"
        "Refund by this decision: {amount}\n\n"
        "This is final; a case is looked at anew once.",
        "ZetuTech: appeal in dispute {dispute}, order {order}: {result}. {outcome}. "
        "Refund: {amount}.",
    ),
    "dispute_resolved": Words(
        "Dispute {dispute} is resolved",
        "Dispute {dispute} about order {order} is resolved: {outcome}.\n\n"
        "Refunded to the buyer: {amount}",
        "ZetuTech: dispute {dispute} about order {order}: {outcome}. Refunded: {amount}.",
    ),
    "review_published": Words(
        "Your review of {product} is public",
        "Thank you: other buyers can read what you say of {product} now.\n\nReview: {review}",
        "ZetuTech: your review of {product} is public now. Thank you!",
    ),
    "review_rejected": Words(
        "Your review of {product} was not published",
        "We did not publish your review {review} of {product}:\n\n{reason}\n\n"
        "You are welcome to change it; then we look again.",
        "ZetuTech: your review of {product} was not published: {reason}",
    ),
    "review_taken_down": Words(
        "Your review of {product} was taken down",
        "Your review {review} of {product} is not public any more:\n\n{reason}",
        "ZetuTech: your review of {product} was taken down: {reason}",
    ),
    "review_answered": Words(
        "{shop} replied to your review",
        "{shop} replied to what you say of {product}. You find the reply below your review "
        "{review}.",
        "ZetuTech: {shop} replied to your review of {product}.",
    ),
    "seller_review": Words(
        "A new review of {product}",
        "A buyer gave {product} {stars} of 5 stars. You may reply once, below the review {review}.",
        "ZetuTech: a buyer gave {product} {stars} of 5 stars (review {review}).",
    ),
    "seller_reply_rejected": Words(
        "Your reply to a review was not published",
        "We did not publish your reply to the review {review} of {product}:\n\n{reason}\n\n"
        "You may write another one.",
        "ZetuTech: your reply to review {review} was not published: {reason}",
    ),
}
