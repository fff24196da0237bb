"""Words that are not published unseen, by language. Forms are listed, as both languages build them in
front or behind; matched whole, after `screening.plain`.
"""

from marketplace.reviews.states import HoldRule

ENGLISH = """
arse arsehole arseholes ass asshole assholes bastard bastards bitch bitches bitching bollocks
bullshit bullshitting cunt cunts dickhead dickheads fuck fucked fucker fuckers fucking fucks
motherfucker motherfuckers motherfucking piss pissed pissing prick pricks shit shithead shits shitty
slut sluts twat twats wanker wankers whore whores
"""
SWAHILI = """
bwege fala hanithi kahaba kuma kumamako kumamayo kumanina kutomba kutombwa mabwege mafala mahanithi
makahaba malaya matako mavi mboro mkundu mpumbavu msenge mshenzi mwanaharamu mwehu nyoko pumbavu
senge shenzi tomba tombwa upumbavu ushenzi wanaharamu wapumbavu wasenge washenzi wehu
"""
SWEARING: dict[HoldRule, frozenset[str]] = {
    HoldRule.SWEARING_EN: frozenset(ENGLISH.split()),
    HoldRule.SWEARING_SW: frozenset(SWAHILI.split()),
}
