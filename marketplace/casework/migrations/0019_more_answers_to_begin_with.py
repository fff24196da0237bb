"""Prepared answers for applications, listings and reviews; a lead may change or withdraw each.

What stands in a reason is short: its box takes 300 characters.
"""

from django.db import migrations

ANSWERS = [
    (
        "applications",
        "information",
        "Ask for a paper that can be read",
        "Hello {name},\n\nthank you for applying with {shop}. One of the papers in {application} cannot be"
        " read. Please upload it once more: the whole page, flat, in daylight, as a PDF or a picture."
        "\n\nKind regards, {me}",
        "Habari {name},\n\nasante kwa kuomba kuuza kupitia {shop}. Moja ya hati kwenye {application}"
        " haisomeki. Tafadhali ipakie tena: ukurasa mzima, ulionyooka, kwenye mwanga wa mchana, kama PDF"
        " au picha.\n\nWako, {me}",
    ),
    (
        "applications",
        "information",
        "Ask whose payout wallet it is",
        "Hello {name},\n\nthe payout wallet in {application} is registered in another name than {shop} or"
        " its owner. We pay out to the business or its owner only: please give a wallet in that name, or"
        " add a letter that says who the other person is.\n\nKind regards, {me}",
        "Habari {name},\n\npochi ya malipo kwenye {application} imesajiliwa kwa jina tofauti na la {shop} au"
        " mmiliki wake. Tunalipa kwa biashara au mmiliki wake tu: tafadhali weka pochi yenye jina hilo, au"
        " ongeza barua inayoeleza mtu huyo ni nani.\n\nWako, {me}",
    ),
    (
        "applications",
        "rejection",
        "Not the goods that we sell",
        "ZetuTech is a marketplace for electronics. {shop} would sell other goods, so that we cannot take"
        " {application}. You are welcome to apply again should that change.",
        "ZetuTech ni soko la vifaa vya kielektroniki. {shop} ingeuza bidhaa nyingine, kwa hiyo hatuwezi"
        " kukubali {application}. Unakaribishwa kuomba tena hali ikibadilika.",
    ),
    (
        "applications",
        "document",
        "The paper has expired",
        "This paper is no longer valid. Please upload the one that is valid now.",
        "Hati hii imekwisha muda wake. Tafadhali pakia iliyo halali sasa.",
    ),
    (
        "applications",
        "document",
        "The paper names another business",
        "This paper is not in the name of {shop}. Please upload the one of the business that applies.",
        "Hati hii haina jina la {shop}. Tafadhali pakia ya biashara inayoomba.",
    ),
    (
        "listings",
        "",
        "The pictures show other goods",
        "The pictures of {listing} do not show {product}. Please add pictures that you took of the goods"
        " themselves, from the front, the back and of the label, then submit it again.",
        "Picha za {listing} hazionyeshi {product}. Tafadhali weka picha ulizopiga za bidhaa yenyewe, mbele,"
        " nyuma na lebo yake, kisha iwasilishe tena.",
    ),
    (
        "listings",
        "",
        "The price cannot be right",
        "The price of {listing} is far from what {product} costs elsewhere. Please check it, the number of"
        " zeros above all, and submit it again.",
        "Bei ya {listing} iko mbali na bei ya {product} kwingineko. Tafadhali ikague, hasa idadi ya sifuri,"
        " kisha iwasilishe tena.",
    ),
    (
        "listings",
        "",
        "A proof that it is genuine",
        "Before {product} goes on sale we need a proof that it is genuine: an invoice of the brand or of"
        " its distributor. Please send it to us and submit {listing} again.",
        "Kabla {product} haijauzwa tunahitaji uthibitisho kuwa ni halisi: ankara ya mtengenezaji au"
        " msambazaji wake. Tafadhali tutumie kisha uwasilishe {listing} tena.",
    ),
    (
        "reviews",
        "review",
        "It names how to reach somebody",
        "Your review of {product} names a phone number, an address or a link. Others would write to it:"
        " please say it again without.",
        "Maoni yako kuhusu {product} yanataja namba ya simu, anwani au kiungo. Wengine wangekitumia:"
        " tafadhali yaandike tena bila hicho.",
    ),
    (
        "reviews",
        "review",
        "It is not about the goods",
        "A review tells others what {product} is like. If something is wrong with the parcel or the"
        " money, please open a dispute from your order: there we can help you.",
        "Maoni huwaeleza wengine jinsi {product} ilivyo. Kama kuna tatizo kuhusu kifurushi au pesa,"
        " tafadhali fungua mgogoro kutoka kwenye agizo lako: huko tunaweza kukusaidia.",
    ),
    (
        "reviews",
        "review",
        "Its words hurt people",
        "You may be as dissatisfied with {product} as you are, but without words that insult people."
        " Please write it again.",
        "Unaweza kutoridhika na {product}, lakini bila maneno yanayotukana watu. Tafadhali andika tena.",
    ),
    (
        "reviews",
        "reply",
        "The answer tells who the buyer is",
        "Your answer to {review} tells others who the buyer is or what they ordered. Please answer what"
        " they say of {product}, and write about the rest in the order.",
        "Jibu lako kwa {review} linawaeleza wengine mnunuzi ni nani au aliagiza nini. Tafadhali jibu"
        " alichosema kuhusu {product}, na mengine yaandike kwenye agizo.",
    ),
]


def add_answers(apps, schema_editor):
    macro = apps.get_model("casework", "Macro")
    macro.objects.using(schema_editor.connection.alias).bulk_create(
        [
            macro(kind=kind, reason=reason, name=name, english=english, swahili=swahili)
            for kind, reason, name, english, swahili in ANSWERS
        ],
        ignore_conflicts=True,
    )


def remove_answers(apps, schema_editor):
    """All of these kinds: the column that tells them apart goes next."""
    macro = apps.get_model("casework", "Macro")
    macro.objects.using(schema_editor.connection.alias).exclude(kind="disputes").delete()


class Migration(migrations.Migration):
    dependencies = [("casework", "0018_validate_answers_of_every_desk")]

    operations = [migrations.RunPython(add_answers, remove_answers)]
