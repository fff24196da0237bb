"""What we say in Swahili of what one person asks for and another decides."""

from marketplace.notifications.texts import Words

REQUESTS: dict[str, Words] = {
    "reopening_requested": Words(
        "{who} anaomba kufungua tena {month}",
        "{who} anaomba hesabu za {month} zifunguliwe tena:\n\n{reason}\n\nMwezi unabaki umefungwa "
        "mpaka mtu mwingine akubali, kwenye ukurasa wake wa ufungaji.",
        "",
    ),
    "rule_change_requested": Words(
        "{who} anaomba kanuni ibadilishwe: {rule}",
        "{who} anaomba kanuni hii ibadilishwe: {rule}.\n\nSasa: {before}\nBaadaye: {after}\n"
        "Sababu: {reason}\n\nInahusu fedha na inasubiri mtu wa pili:\n{link}",
        "",
    ),
    "terms_change_requested": Words(
        "{who} anaomba masharti ya malipo yabadilishwe: {whose}",
        "{who} anaomba masharti mengine ya malipo: {whose}.\n\n{changes}\n\nSababu: {reason}\n\nInahusu "
        "fedha na inasubiri mtu wa pili:\n{link}",
        "",
    ),
    "request_decided": Words(
        "{decision}: {about}",
        "{who} ameamua ombi lako {request}.\n\n{about}: {decision}\nSababu: {reason}\n\n{link}",
        "",
    ),
}
