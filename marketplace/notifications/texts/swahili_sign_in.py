"""What we say in Swahili about the ways into an account."""

from marketplace.notifications.texts import Words

SIGN_IN: dict[str, Words] = {
    "invitation": Words(
        "Umealikwa kwenye konsoli ya ZetuTech",
        "{who} amekuongeza kwenye watu wanaofanya kazi kwenye konsoli ya ZetuTech. "
        "Chagua nenosiri lako hapa:\n\n{link}\n\nKiungo kinafanya kazi mara moja, ndani ya "
        "saa {hours}. Hakuna mwingine anayejua nenosiri lako. Baada ya hapo utaweka "
        "hatua ya pili ya kuingia: ufunguo wa siri au programu kwenye simu yako.",
        "",
    ),
    "password_link": Words(
        "Chagua nenosiri jipya",
        "Mtu fulani, pengine wewe, ameomba nenosiri jipya la konsoli. Lichague hapa:\n\n"
        "{link}\n\nKiungo kinafanya kazi mara moja, ndani ya dakika {minutes}. Kama "
        "hukuwa wewe, usifanye chochote: nenosiri lako linabaki lilivyo.",
        "",
    ),
    "password_changed": Words(
        "Nenosiri lako limebadilishwa",
        "Nenosiri la akaunti yako limebadilishwa sasa hivi, na kila kilichokuwa wazi "
        "kwingine kimekoma. Kama hukuwa wewe, omba kiungo kipya mara moja kwenye "
        "ukurasa wa kuingia, na umwambie msimamizi.",
        "",
    ),
    "passkey_added": Words(
        "Ufunguo wa siri umeongezwa kwenye akaunti yako",
        "Kuanzia sasa ufunguo wa siri “{passkey}” hufungua konsoli kwa jina lako. Kama "
        "hukuwa wewe, uondoe mara moja chini ya “Kuingia kwa hatua mbili” na umwambie "
        "msimamizi.",
        "",
    ),
    "passkey_removed": Words(
        "Ufunguo wa siri umeondolewa kwenye akaunti yako",
        "Ufunguo wa siri “{passkey}” haufungui konsoli tena, na vipindi vyako vingine "
        "vimekoma. Kama hukuwa wewe, mwambie msimamizi mara moja.",
        "",
    ),
    "passkey_stopped": Words(
        "Ufunguo wako wa siri umesimamishwa",
        "Kihesabu cha ufunguo wako wa siri “{passkey}” kimerudi nyuma, jambo "
        "linalotokea penye nakala yake. Haufungui chochote tena. Uondoe, ongeza mpya, "
        "komesha vipindi usivyovijua, na umwambie msimamizi.",
        "",
    ),
    "second_step_removed": Words(
        "Kuingia kwako kwa hatua mbili kumeondolewa",
        "{who} ameondoa hatua ya pili ya kuingia kwako: programu, funguo za siri na "
        "misimbo ya dharura.\n\nSababu: {reason}\n\nKama hujui kwa nini, mwambie msimamizi "
        "mara moja.",
        "",
    ),
    "wrong_codes": Words(
        "Misimbo isiyo sahihi kwa akaunti yako",
        "Misimbo {count} isiyo sahihi imetolewa kwa akaunti yako ndani ya robo saa. "
        "Aliyeitoa anajua nenosiri lako au yuko kwenye kompyuta ambayo umeingia. Kama "
        "hukuwa wewe, badilisha nenosiri lako na ukomeshe vipindi usivyovijua.",
        "",
    ),
    "colleague_passkey_stopped": Words(
        "Tahadhari: ufunguo wa siri wa {person} umesimamishwa",
        "Kihesabu cha ufunguo wa siri “{passkey}” wa {person} kimerudi nyuma, jambo "
        "linalotokea penye nakala yake. Haufungui chochote tena. Muulize {person}; "
        "ukiwa na shaka, komesha vipindi vyote na uondoe kuingia kwa hatua mbili kwenye "
        "ukurasa wake.",
        "",
    ),
    "roles_requested": Words(
        "{who} anaomba majukumu kwa {person}",
        "{who} anaomba {person} awe na majukumu haya: {roles}.\n\nSababu: {reason}\n\nOmbi "
        "linasubiri mtu wa pili:\n{link}",
        "",
    ),
}
