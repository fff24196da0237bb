"""The words that messages are told with."""

from django.db import transaction

from marketplace.notifications.errors import TemplateNotFound
from marketplace.notifications.events import TemplateEdited
from marketplace.notifications.models import MessageTemplate
from marketplace.notifications.states import Channel
from marketplace.notifications.templates import Text, check, defaults
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record


@transaction.atomic
def edit_template(*, template_id: int, subject: str, body: str, actor: Actor) -> MessageTemplate:
    """Change a template's words; messages that are queued already keep theirs.

    Raises TemplateNotFound and the refusals of `templates.check`.
    """
    template = MessageTemplate.objects.select_for_update().filter(pk=template_id).first()
    if template is None:
        raise TemplateNotFound
    text = Text(subject.strip(), body.replace("\r\n", "\n").strip())
    check(template.code, Channel(template.channel), text)
    before = {"subject": template.subject, "body": template.body}
    template.subject, template.body = text.subject, text.body
    template.save(update_fields=["subject", "body", "updated_at"])
    record(
        TemplateEdited(template_id=template.pk),
        actor=actor,
        before=before,
        after={"subject": text.subject, "body": text.body},
    )
    return template


def sync_templates() -> int:
    """Insert the templates that are missing and return how many; edited ones stay as they are."""
    with transaction.atomic():
        kept = set(MessageTemplate.objects.values_list("code", "channel", "language"))
        missing = [
            MessageTemplate(
                code=code, channel=channel, language=language, subject=text.subject, body=text.body
            )
            for code, channel, language, text in defaults()
            if (code, channel.value, language) not in kept
        ]
        MessageTemplate.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)
