"""What we say in English of what one person asks for and another decides."""

from marketplace.notifications.texts import Words

REQUESTS: dict[str, Words] = {
    "reopening_requested": Words(
        "{who} asks to reopen {month}",
        "{who} asks that the books of {month} be opened again:\n\n{reason}\n\nThe month stays "
        "locked until another person agrees, on its page under closing.",
        "",
    ),
    "rule_change_requested": Words(
        "{who} asks to change a rule: {rule}",
        "{who} asks that this rule change: {rule}.\n\nNow: {before}\nAfterwards: {after}\n"
        "Reason: {reason}\n\nIt touches money and waits for a second person:\n{link}",
        "",
    ),
    "terms_change_requested": Words(
        "{who} asks to change payout terms: {whose}",
        "{who} asks for other terms of payout: {whose}.\n\n{changes}\n\nReason: {reason}\n\nIt touches "
        "money and waits for a second person:\n{link}",
        "",
    ),
    "request_decided": Words(
        "{decision}: {about}",
        "{who} decided what you asked for in {request}.\n\n{about}: {decision}\nReason: {reason}\n\n{link}",
        "",
    ),
}
