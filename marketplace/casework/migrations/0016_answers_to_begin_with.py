"""The prepared answers that every marketplace begins with; a lead may change or withdraw each."""

from django.db import migrations

ANSWERS = [
    (
        "Ask for photos of the unboxing",
        "damaged",
        "Hello {name},\n\nwe are looking at dispute {dispute} about order {order}. Please add photos of"
        " the box as it arrived and of the damage, if possible from the unboxing, until {deadline}."
        "\n\nKind regards, {me}",
        "Habari {name},\n\ntunaangalia mgogoro {dispute} kuhusu agizo {order}. Tafadhali weka picha za"
        " boksi lilivyofika na za uharibifu, ikiwezekana za wakati wa kufungua, kabla ya {deadline}."
        "\n\nWako, {me}",
    ),
    (
        "Ask for proof of delivery",
        "not_received",
        "Hello {name},\n\nthe buyer of order {order} says that it did not arrive. Please add the"
        " carrier's receipt and the proof of delivery to dispute {dispute} until {deadline}. Without"
        " them we have to decide for the buyer.\n\nKind regards, {me}",
        "Habari {name},\n\nmnunuzi wa agizo {order} anasema halikufika. Tafadhali weka risiti ya"
        " msafirishaji na uthibitisho wa kufikishwa kwenye mgogoro {dispute} kabla ya {deadline}. Bila"
        " hivyo itabidi tuamue upande wa mnunuzi.\n\nWako, {me}",
    ),
    (
        "Ask for the IMEI or serial number",
        "counterfeit",
        "Hello {name},\n\nto check whether the device of order {order} is genuine we need its IMEI (dial"
        " *#06#) or serial number, with a photo of the label. Please add both to dispute {dispute} until"
        " {deadline}.\n\nKind regards, {me}",
        "Habari {name},\n\nili kuangalia kama kifaa cha agizo {order} ni halisi tunahitaji IMEI yake (piga"
        " *#06#) au namba ya utambulisho, pamoja na picha ya lebo. Tafadhali viweke vyote kwenye mgogoro"
        " {dispute} kabla ya {deadline}.\n\nWako, {me}",
    ),
    (
        "Ask what differs from the description",
        "not_as_described",
        "Hello {name},\n\nwhat about order {order} is not as {shop} described it? Please tell us in a few"
        " words and add photos of the goods and their label to dispute {dispute}, until {deadline}."
        "\n\nKind regards, {me}",
        "Habari {name},\n\nni nini kwenye agizo {order} kisicholingana na maelezo ya {shop}? Tafadhali"
        " tueleze kwa kifupi na uweke picha za bidhaa na lebo yake kwenye mgogoro {dispute}, kabla ya"
        " {deadline}.\n\nWako, {me}",
    ),
    (
        "We need a little longer",
        "",
        "Hello {name},\n\nwe are still looking at dispute {dispute} about order {order} and will tell you"
        " our decision by {deadline}. You need not do anything meanwhile.\n\nKind regards, {me}",
        "Habari {name},\n\nbado tunaangalia mgogoro {dispute} kuhusu agizo {order} na tutakuambia uamuzi"
        " wetu kabla ya {deadline}. Kwa sasa huhitaji kufanya chochote.\n\nWako, {me}",
    ),
    (
        "Suggest that they settle on an amount",
        "",
        "Hello {name},\n\n{amount} are asked for in dispute {dispute} about order {order}. You may propose"
        " another amount to the other side; if they accept it, it is settled at once.\n\nKind regards, {me}",
        "Habari {name},\n\nkwenye mgogoro {dispute} kuhusu agizo {order} zinaombwa {amount}. Unaweza"
        " kupendekeza kiasi kingine kwa upande wa pili; wakikikubali, mgogoro unamalizika mara moja."
        "\n\nWako, {me}",
    ),
]


def add_answers(apps, schema_editor):
    macro = apps.get_model("casework", "Macro")
    macro.objects.using(schema_editor.connection.alias).bulk_create(
        [
            macro(name=name, reason=reason, english=english, swahili=swahili)
            for name, reason, english, swahili in ANSWERS
        ],
        ignore_conflicts=True,
    )


def remove_answers(apps, schema_editor):
    macro = apps.get_model("casework", "Macro")
    names = [name for name, *_texts in ANSWERS]
    macro.objects.using(schema_editor.connection.alias).filter(name__in=names).delete()


class Migration(migrations.Migration):
    dependencies = [("casework", "0015_macros")]

    operations = [migrations.RunPython(add_answers, remove_answers)]
