"""What we say in Swahili."""

from marketplace.notifications.texts import Words
from marketplace.notifications.texts.swahili_requests import REQUESTS
from marketplace.notifications.texts.swahili_sign_in import SIGN_IN

GREETING = "Habari {name},"
FAREWELL = "ZetuTech"

WORDS: dict[str, Words] = {
    **SIGN_IN,
    **REQUESTS,
    "phone_code": Words(
        "", "", "ZetuTech: namba yako ni {code}. Inatumika kwa dakika {minutes}. Usimpe mtu yeyote."
    ),
    "welcome": Words(
        "Karibu ZetuTech",
        "Akaunti yako iko tayari. Sasa unaweza kupata vifaa vya kielektroniki kutoka kwa wauzaji "
        "wa Tanzania nzima na kulipa kwa simu.",
        "Karibu ZetuTech, {name}. Akaunti yako iko tayari.",
    ),
    "account_seen": Words(
        "Tunaangalia akaunti yako",
        "Mfanyakazi wetu anaangalia akaunti yako kama unavyoiona wewe, kuanzia {at} kwa dakika "
        "zisizozidi {minutes}. Hawezi kubadilisha chochote.\n\nSababu: {reason}\n\n"
        "Kama hukutarajia hili, tafadhali jibu ujumbe huu.",
        "ZetuTech: mfanyakazi wetu anaangalia akaunti yako kuanzia {at}, kwa dakika zisizozidi "
        "{minutes}, na hawezi kubadilisha chochote. Sababu: {reason}",
    ),
    "application_submitted": Words(
        "Tumepokea ombi lako {application}",
        "Asante kwa kuomba kuuza kama {business}. Timu yetu inapitia nyaraka zako na itakujibu "
        "ndani ya siku mbili za kazi.\n\nOmbi: {application}",
        "ZetuTech: tumepokea ombi lako {application} la {business}.",
    ),
    "application_information_requested": Words(
        "Tunahitaji taarifa zaidi kuhusu ombi lako {application}",
        "Ili tuendelee na ombi la {business} tunahitaji haya kutoka kwako:\n\n{message}\n\n"
        "Tafadhali kamilisha ombi {application} kisha uliwasilishe tena.",
        "ZetuTech: tunahitaji taarifa zaidi kuhusu ombi {application}: {message}",
    ),
    "application_approved": Words(
        "{business} sasa inaweza kuuza ZetuTech",
        "Hongera: ombi lako {application} limekubaliwa. Sasa unaweza kuweka bidhaa, moja moja au "
        "kwa faili.",
        "ZetuTech: hongera, {business} sasa inaweza kuuza. Weka bidhaa zako za kwanza.",
    ),
    "application_rejected": Words(
        "Ombi lako {application} halikukubaliwa",
        "Hatukuweza kukubali ombi la {business}:\n\n{reason}\n\n"
        "Unakaribishwa kuomba tena hali hiyo ikibadilika.",
        "ZetuTech: ombi {application} halikukubaliwa: {reason}",
    ),
    "listing_live": Words(
        "{title} inauzwa sasa",
        "Tangazo lako {listing} ({title}, SKU {sku}) limekubaliwa. Wanunuzi wanaweza kuagiza sasa.",
        "ZetuTech: {title} (SKU {sku}) inauzwa sasa.",
    ),
    "listing_rejected": Words(
        "Tangazo lako {listing} linahitaji marekebisho",
        "Hatukuweza kukubali {title} (SKU {sku}):\n\n{reason}\n\n"
        "Tafadhali rekebisha tangazo {listing} kisha uliwasilishe tena.",
        "ZetuTech: tangazo {listing} (SKU {sku}) halikukubaliwa: {reason}",
    ),
    "import_finished": Words(
        "Uingizaji {import} umekamilika",
        "Tumemaliza kusoma {file}:\n\nMatangazo mapya: {created}\nYaliyosasishwa: {updated}\n"
        "Mistari yenye makosa: {failed}\n\nUingizaji {import} unaonyesha kosa la kila mstari.",
        "ZetuTech: uingizaji {import} umekamilika. Mapya {created}, yaliyosasishwa {updated}, "
        "makosa {failed}.",
    ),
    "import_refused": Words(
        "Uingizaji {import} haukusomeka",
        "Hatukuweza kuingiza {file}:\n\n{reason}\n\nUingizaji {import} haujabadilisha chochote.",
        "ZetuTech: uingizaji {import} umekataliwa: {reason}",
    ),
    "seller_new_order": Words(
        "Agizo jipya {order}",
        "Umeuza, na mnunuzi amelipa:\n\n{items}\n\nKiasi pamoja na usafirishaji: {amount}\n"
        "Kupelekwa: {region}\n\nTafadhali thibitisha agizo {order} na ulitume.",
        "ZetuTech: agizo jipya {order} limelipwa, {amount}, kwenda {region}. "
        "Tafadhali thibitisha na utume.",
    ),
    "seller_order_delivered": Words(
        "Agizo {order} limefika",
        "Agizo {order} la {amount} limemfikia mnunuzi. Mapato yako yatapatikana muda wa kusubiri "
        "utakapokwisha.",
        "ZetuTech: agizo {order} la {amount} limefika.",
    ),
    "seller_order_cancelled": Words(
        "Agizo {order} limeghairiwa",
        "Tafadhali usitume agizo {order}: limeghairiwa.\n\nSababu: {reason}",
        "ZetuTech: usitume agizo {order}, limeghairiwa: {reason}",
    ),
    "seller_order_redirected": Words(
        "Agizo {order} linaenda kwenye anwani nyingine",
        "Mnunuzi wa agizo {order} amebadilisha mahali pa kupelekewa. Tafadhali angalia anwani upya kabla "
        "ya kutuma.",
        "ZetuTech: anwani ya agizo {order} imebadilika. Iangalie kabla ya kutuma.",
    ),
    "seller_dispute_opened": Words(
        "Mnunuzi analalamikia agizo {order}",
        "Mnunuzi wa agizo {order} anaomba kurudishiwa {amount}.\n\nSababu: {reason}\n\n"
        "Fedha zimezuiwa hadi mgogoro {dispute} utatuliwe. Tafadhali jibu hapo kabla ya {until}, na "
        "uonyeshe:\n\n{asked}",
        "ZetuTech: mnunuzi analalamikia agizo {order} la {amount}. Tafadhali jibu {dispute} kabla ya "
        "{until}.",
    ),
    "seller_payment_taken_back": Words(
        "Malipo ya agizo {order} yamerudishwa na mtoa huduma",
        "Mtoa huduma wa malipo amechukua tena {amount} za agizo {order} kutoka kwetu. Pesa zako za "
        "agizo hili zimezuiliwa kwenye mgogoro {dispute}. Tafadhali onyesha hapo kabla ya {until} "
        "kwamba bidhaa zilifika: stakabadhi ya msafirishaji na uthibitisho wa kupokelewa. Kwa "
        "ushahidi huo tutamwomba mtoa huduma arudishe pesa.",
        "ZetuTech: malipo ya {order} ({amount}) yamechukuliwa tena. Onyesha uthibitisho wa kupokelewa "
        "kwenye {dispute} kabla ya {until}.",
    ),
    "seller_chargeback_resolved": Words(
        "Mgogoro {dispute} wa agizo {order} umetatuliwa",
        "Imeamuliwa nani atabeba pesa ambazo mtoa huduma alizichukua tena za agizo {order}: "
        "{outcome}.\n\nZilizokatwa kwenye salio lako: {amount}",
        "ZetuTech: {dispute} ya agizo {order}: {outcome}. Zilizokatwa kwenye salio lako: {amount}.",
    ),
    "payout_paid": Words(
        "Tumekulipa {amount}",
        "Malipo {payout} ya {amount} yametumwa kwenye namba yako {number}.",
        "ZetuTech: malipo {payout} ya {amount} yametumwa kwa {number}.",
    ),
    "payout_failed": Words(
        "Malipo {payout} hayakufika",
        "Hatukuweza kutuma {amount} kwenye namba yako {number}:\n\n{reason}\n\nFedha zimerudi "
        "kwenye salio lako na zitatumwa na malipo yajayo. Tafadhali kagua namba yako.",
        "ZetuTech: malipo {payout} ya {amount} kwa {number} yameshindikana. "
        "Yamerudi kwenye salio lako.",
    ),
    "payout_reduced": Words(
        "Malipo {payout} ni {amount}",
        "Katika malipo {payout} yaliyoidhinishwa kwa {approved}, {taken} hazitumwi: pesa za {orders} "
        "zilichukuliwa tena, au mnunuzi alirudishiwa.\n\nZilizobaki, {amount}, zinatumwa kwenye namba "
        "yako {number}. Taarifa ya akaunti yako inaonyesha yote mawili.",
        "ZetuTech: katika malipo {payout}, {taken} hazitumwi ({orders}: zilichukuliwa tena au "
        "zilirudishwa). {amount} zinatumwa kwa {number}.",
    ),
    "payout_returned": Words(
        "Malipo {payout} yamerudi",
        "Malipo {payout} ya {amount} kwenye namba yako {number} yamerudi kwetu:\n\n{reason}\n\n"
        "Pesa ziko tena kwenye salio lako. Tafadhali kagua pochi yako kabla ya malipo yajayo.",
        "ZetuTech: malipo {payout} ya {amount} kwa {number} yamerudi. Yako tena kwenye salio lako.",
    ),
    "wallet_changed": Words(
        "Namba ya kulipwa ya {shop} imebadilishwa",
        "Kuanzia sasa {shop} litalipwa kwenye {number}. Kwa usalama wako hakuna kitakacholipwa "
        "huko kabla ya {until}.\n\nKama si wewe uliyeomba, tafadhali tuambie mara moja.",
        "ZetuTech: {shop} sasa linalipwa kwa {number}, kuanzia {until}. Si wewe? Tuambie mara moja.",
    ),
    "wallet_left": Words(
        "{shop} halilipwi tena kwenye namba hii",
        "Namba hii ilikuwa ya kulipwa ya {shop}, na imebadilishwa kuwa nyingine. Hakuna "
        "kitakacholipwa huko kabla ya {until}.\n\nKama si wewe uliyeomba, tuambie mara moja.",
        "ZetuTech: {shop} halilipwi tena kwenye namba hii. Si wewe? Tuambie kabla ya {until}.",
    ),
    "wallet_refused": Words(
        "Hatuwezi kulipa {shop} kwenye namba hii",
        "Namba {number} haiko kwa jina ulilotupa:\n\n{reason}\n\nHakuna kinacholipwa huko. "
        "Tafadhali tupe namba nyingine, au jina ililosajiliwa nalo.",
        "ZetuTech: hatuwezi kulipa {shop} kwa {number}: {reason}",
    ),
    "papers_expired": Words(
        "Nyaraka za {shop} zimeisha muda",
        "Nyaraka hizi za {shop} zimeisha muda: {papers}.\n\nPesa zako zinabaki zimezuiliwa mpaka "
        "utume nyaraka mpya na sisi tuzikague.",
        "ZetuTech: nyaraka za {shop} zimeisha muda ({papers}). Malipo yanasubiri uzihuishe.",
    ),
    "papers_accepted": Words(
        "Nyaraka za {shop} ziko sawa tena",
        "Asante: nyaraka za {shop} ziko sawa tena. Pesa zako zimeachiliwa.",
        "ZetuTech: nyaraka za {shop} ziko sawa tena. Pesa zako zimeachiliwa.",
    ),
    "finance_payout_returned": Words(
        "Malipo {payout} yamerudi",
        "Malipo {payout} ya {amount} kwa {shop} yamerudi: {reason}\n\nMuuzaji amerudishiwa salio. "
        "Ukurasa wa kundi unalipa tena yaliyoshindikana.",
        "ZetuTech: malipo {payout} ya {amount} kwa {shop} yamerudi: {reason}",
    ),
    "finance_payouts_paused": Words(
        "Malipo kupitia {provider} yamesimamishwa",
        "Salio letu kwa {provider} halitoshi: {reason}\n\nHakuna malipo yanayotoka mpaka mtu "
        "aliongeze na kuyaruhusu kuendelea, kwenye dawati la malipo.",
        "ZetuTech: malipo kupitia {provider} yamesimamishwa: {reason}",
    ),
    "finance_digest": Words(
        "Yanayosubiri kwenye madawati yako {day}",
        "Tofauti za ulinganisho zilizo wazi: {exceptions}, jumla {amount}; zilizochelewa: "
        "{late_exceptions}\nMatatizo ya malipo yaliyo wazi: {issues}; zaidi ya siku moja: "
        "{late_issues}\n\nLa zamani zaidi linasubiri tangu {oldest}.",
        "",
    ),
    "order_placed": Words(
        "Agizo lako {order}",
        "Asante kwa agizo lako {order} la {total}. Tafadhali lipa kabla ya {pay_by}; baada ya "
        "hapo tunarudisha bidhaa dukani.",
        "ZetuTech: agizo {order} la {total}. Tafadhali lipa kabla ya {pay_by}.",
    ),
    "order_paid": Words(
        "Risiti ya agizo lako {order}",
        "Tumepokea malipo yako tarehe {paid_at}.\n\n{items}\n\nUsafirishaji: {shipping}\n"
        "Jumla: {total}\n\nBei zinajumuisha VAT. Wauzaji sasa wanaandaa vifurushi vyako.",
        "ZetuTech: tumepokea {total} kwa agizo {order}. Asante.",
    ),
    "order_shipped": Words(
        "Agizo lako {order} liko njiani",
        "{shop} ametuma kifurushi chako cha agizo {order} kwa {carrier}.\n\n"
        "Namba ya ufuatiliaji: {tracking}",
        "ZetuTech: {shop} ametuma agizo {order} kwa {carrier}. Ufuatiliaji: {tracking}",
    ),
    "order_delivered": Words(
        "Agizo lako {order} limefika",
        "Kifurushi chako kutoka {shop} cha agizo {order} kimefika. Kama kuna tatizo, tafadhali "
        "fungua malalamiko ndani ya siku {days}.",
        "ZetuTech: kifurushi chako kutoka {shop} cha agizo {order} kimefika.",
    ),
    "order_part_cancelled": Words(
        "Sehemu ya agizo lako {order} imeghairiwa",
        "Sehemu ya agizo lako {order} kutoka {shop} imeghairiwa.\n\nSababu: {reason}\n\n"
        "Utarudishiwa {amount} kwenye simu uliyolipia.",
        "ZetuTech: sehemu ya agizo {order} kutoka {shop} imeghairiwa. Utarudishiwa {amount}.",
    ),
    "order_cancelled": Words(
        "Agizo lako {order} limeghairiwa",
        "Agizo lako {order} limeghairiwa na hakuna cha kulipa.\n\nSababu: {reason}",
        "ZetuTech: agizo lako {order} limeghairiwa. Hakuna cha kulipa.",
    ),
    "order_redirected": Words(
        "Agizo lako {order} linaenda kwenye anwani nyingine",
        "Tumebadilisha anwani ya kupelekewa agizo lako {order}.\n\nSababu: {reason}\n\n"
        "Kama hukuomba hili, tafadhali tuambie mara moja.",
        "ZetuTech: anwani ya kupelekewa agizo lako {order} imebadilishwa. Si wewe? Tuambie mara moja.",
    ),
    "order_expired": Words(
        "Muda wa agizo lako {order} umekwisha",
        "Agizo lako {order} halikulipwa kwa wakati, kwa hiyo bidhaa zimerudi dukani. Unaweza "
        "kuagiza tena. Kama ulilipa, fedha zitarudi zenyewe.",
        "ZetuTech: agizo {order} halikulipwa kwa wakati, muda umekwisha. Unaweza kuagiza tena.",
    ),
    "payment_failed": Words(
        "Malipo ya agizo lako {order} hayakufanikiwa",
        "Malipo ya agizo {order} hayakufanikiwa: {reason}\n\nAgizo linakusubiri: tafadhali jaribu "
        "tena.",
        "ZetuTech: malipo ya agizo {order} hayakufanikiwa: {reason} Tafadhali jaribu tena.",
    ),
    "refund_succeeded": Words(
        "Tumekurudishia {amount}",
        "{amount} za agizo lako {order} zimerudi kwenye simu uliyolipia.\n\nMarejesho: {refund}",
        "ZetuTech: {amount} za agizo {order} zimerudishwa kwenye simu yako ({refund}).",
    ),
    "dispute_opened": Words(
        "Tumepokea malalamiko yako {dispute}",
        "Unaomba kurudishiwa {amount} za agizo {order}. Muuzaji ameambiwa na atajibu; timu yetu "
        "itaamua msipokubaliana.\n\nInasaidia ukionyesha hapo:\n\n{asked}",
        "ZetuTech: tumepokea malalamiko yako {dispute} kuhusu agizo {order}.",
    ),
    "payment_taken_back": Words(
        "Malipo yako ya agizo {order} yamerudishwa",
        "Mtoa huduma wa malipo amerudisha {amount} za agizo {order} kwenye simu iliyolipa, ingawa "
        "bidhaa zilitumwa. Kama una bidhaa hizo na hukuomba kurudishiwa, tafadhali tuambie kwenye "
        "mgogoro {dispute}.",
        "ZetuTech: {amount} za agizo {order} zimerudi kwenye simu yako. Kama una bidhaa, tuambie "
        "kwenye {dispute}.",
    ),
    "report_ready": Words(
        "{report}, {period}",
        "Ripoti yako iko tayari: {report}, {period}.\n\n{link}\n\nKiungo kinafanya kazi kwa siku {days}, "
        "kwako peke yako, baada ya kuingia kwenye mfumo.",
        "",
    ),
    "report_failed": Words(
        "{report}, {period}, haikuweza kutengenezwa",
        "Ripoti uliyopaswa kupata haikuweza kutengenezwa: {report}, {period}.\n\n{reason}\n\nUnaweza "
        "kuiagiza tena kwenye mfumo.",
        "",
    ),
    "dispute_message": Words(
        "Ujumbe mpya kwenye mgogoro {dispute}",
        "Kuna ujumbe mpya kwenye mgogoro {dispute} kuhusu agizo {order}. Tafadhali usome na "
        "ujibu hapo.",
        "ZetuTech: ujumbe mpya kwenye mgogoro {dispute} kuhusu agizo {order}.",
    ),
    "dispute_evidence": Words(
        "Ushahidi mpya kwenye mgogoro {dispute}",
        "Upande mwingine umeonyesha ushahidi wake kwenye mgogoro {dispute} kuhusu agizo {order}. "
        "Unaweza kuuangalia hapo.",
        "ZetuTech: upande mwingine umeonyesha ushahidi kwenye mgogoro {dispute} wa agizo {order}.",
    ),
    "dispute_draft_submitted": Words(
        "Ushahidi wako kwenye mgogoro {dispute} umewasilishwa",
        "Muda wako wa kujibu mgogoro {dispute} kuhusu agizo {order} ulikwisha, kwa hiyo tumewasilisha "
        "ulichokuwa umeandaa. Hilo ndilo jibu lako; bado unaweza kuandika na kuonyesha zaidi.",
        "ZetuTech: muda ulikwisha, kwa hiyo tumewasilisha ulichoandaa kwenye mgogoro {dispute}.",
    ),
    "dispute_number_taken_down": Words(
        "Tumekuandikia namba kwenye mgogoro {dispute}",
        "Tumeandika namba uliyotupa kwa ajili ya mgogoro {dispute} kuhusu agizo {order}. Tafadhali "
        "ikague hapo, na utuandikie kwenye mgogoro kama ina kosa.",
        "ZetuTech: tumeandika namba yako kwenye mgogoro {dispute}. Tafadhali hakikisha ni sahihi.",
    ),
    "dispute_proposal": Words(
        "Pendekezo kwenye mgogoro {dispute}",
        "Upande mwingine wa mgogoro {dispute} kuhusu agizo {order} unapendekeza kurudisha {amount}. "
        "Kubali, au pendekeza kiasi kingine.",
        "ZetuTech: {amount} zimependekezwa kwenye mgogoro {dispute}. Kubali au pendekeza kingine.",
    ),
    "dispute_your_turn": Words(
        "Tafadhali jibu kwenye mgogoro {dispute}",
        "Tunahitaji jibu lako kwenye mgogoro {dispute} kuhusu agizo {order} kabla ya {until}. "
        "Tafadhali andika hapo na uweke ushahidi wako. Bila jibu tutaendelea bila wewe.",
        "ZetuTech: tafadhali jibu mgogoro {dispute} kuhusu agizo {order} kabla ya {until}.",
    ),
    "dispute_seller_silent": Words(
        "Muuzaji hakujibu kwenye mgogoro {dispute}",
        "Muuzaji hakujibu kwa wakati kwenye mgogoro {dispute} kuhusu agizo {order}. Timu yetu "
        "itaamua sasa kwa yale yaliyoonyeshwa.",
        "ZetuTech: muuzaji hakujibu kwenye mgogoro {dispute}. Timu yetu itaamua sasa.",
    ),
    "dispute_buyer_silent": Words(
        "Mgogoro {dispute} umefungwa: mnunuzi hakujibu",
        "Mnunuzi hakujibu kwa wakati kwenye mgogoro {dispute} kuhusu agizo {order}. Mgogoro "
        "umefungwa, na hakuna kinachorudishwa.",
        "ZetuTech: mgogoro {dispute} umefungwa kwa sababu mnunuzi hakujibu kwa wakati.",
    ),
    "dispute_appealed": Words(
        "Mgogoro {dispute} unaangaliwa tena",
        "Uamuzi wa mgogoro {dispute} kuhusu agizo {order} umekatiwa rufaa. Mwenzetu mwingine "
        "anauangalia hadi {until}; uamuzi unabaki ulivyo kwa sasa. Pande zote mbili zinaweza kuandika "
        "na kuongeza ushahidi hadi hapo.",
        "ZetuTech: uamuzi wa mgogoro {dispute} kuhusu agizo {order} umekatiwa rufaa. Mwenzetu "
        "mwingine anauangalia hadi {until}.",
    ),
    "appeal_decided": Words(
        "Rufaa ya mgogoro {dispute} imeamuliwa",
        "Rufaa ya mgogoro {dispute} kuhusu agizo {order} imeamuliwa: {result}. Matokeo ni: "
        "{outcome}.\n\n"
        "Marejesho kwa uamuzi huu: {amount}\n\n"
        "Huu ni uamuzi wa mwisho; kesi huangaliwa upya mara moja tu.",
        "ZetuTech: rufaa ya mgogoro {dispute}, agizo {order}: {result}. {outcome}. "
        "Marejesho: {amount}.",
    ),
    "dispute_resolved": Words(
        "Mgogoro {dispute} umetatuliwa",
        "Mgogoro {dispute} kuhusu agizo {order} umetatuliwa: {outcome}.\n\n"
        "Amerudishiwa mnunuzi: {amount}",
        "ZetuTech: mgogoro {dispute} kuhusu agizo {order}: {outcome}. Marejesho: {amount}.",
    ),
    "review_published": Words(
        "Maoni yako kuhusu {product} yamechapishwa",
        "Asante: wanunuzi wengine sasa wanaweza kusoma unachosema kuhusu {product}.\n\n"
        "Maoni: {review}",
        "ZetuTech: maoni yako kuhusu {product} sasa yanaonekana kwa wote. Asante!",
    ),
    "review_rejected": Words(
        "Maoni yako kuhusu {product} hayakuchapishwa",
        "Hatukuchapisha maoni yako {review} kuhusu {product}:\n\n{reason}\n\n"
        "Unakaribishwa kuyabadilisha; kisha tutayaangalia tena.",
        "ZetuTech: maoni yako kuhusu {product} hayakuchapishwa: {reason}",
    ),
    "review_taken_down": Words(
        "Maoni yako kuhusu {product} yameondolewa",
        "Maoni yako {review} kuhusu {product} hayaonekani tena kwa wote:\n\n{reason}",
        "ZetuTech: maoni yako kuhusu {product} yameondolewa: {reason}",
    ),
    "review_answered": Words(
        "{shop} amejibu maoni yako",
        "{shop} amejibu ulichosema kuhusu {product}. Jibu liko chini ya maoni yako {review}.",
        "ZetuTech: {shop} amejibu maoni yako kuhusu {product}.",
    ),
    "seller_review": Words(
        "Maoni mapya kuhusu {product}",
        "Mnunuzi ameipa {product} nyota {stars} kati ya 5. Unaweza kujibu mara moja, chini ya "
        "maoni {review}.",
        "ZetuTech: mnunuzi ameipa {product} nyota {stars} kati ya 5 (maoni {review}).",
    ),
    "seller_reply_rejected": Words(
        "Jibu lako kwa maoni halikuchapishwa",
        "Hatukuchapisha jibu lako kwa maoni {review} kuhusu {product}:\n\n{reason}\n\n"
        "Unaweza kuandika jibu lingine.",
        "ZetuTech: jibu lako kwa maoni {review} halikuchapishwa: {reason}",
    ),
}
