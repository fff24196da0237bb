"""What buyers say of what they bought, and what a seller answers.

Nobody speaks of what they did not receive: a review is of one order line, written once. What a
moderator has to see (a phone number, a link, a swear word, what somebody reports) waits in one queue,
each review with one question at a time. Averages are kept as counts by stars, in the transaction that
publishes or takes away.
"""
