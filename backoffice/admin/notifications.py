"""The mailbox: every message as it was sent; and the words they are made of."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console, is_about_one
from backoffice.message_names import TITLES, kind_of
from backoffice.pages.blocks import Facts, Page, Text
from backoffice.pages.decisions import Asked, Decision, ThingForm, may_become
from backoffice.pages.display import moment, page_of, reference_link, state_column, two_lines
from backoffice.pages.export import looked_at
from backoffice.pages.forms import LongWords, Words
from backoffice.pages.search import same, upper
from backoffice.personal import Personal, Whose
from backoffice.work.later import choose
from marketplace.notifications.commands import edit_template, retry_message, send_once_more
from marketplace.notifications.kinds import KINDS
from marketplace.notifications.models import Message, MessageTemplate
from marketplace.notifications.states import MESSAGE_TRANSITIONS, MessageStatus


class TemplateForm(ThingForm):
    """The words of one kind of message, in one language."""

    subject = Words(label=_("Subject"), max_length=160, required=False)
    body = LongWords(label=_("Text"), max_length=4000, rows=14)

    def values_of(self, template: MessageTemplate) -> dict[str, Any]:
        return {"subject": template.subject, "body": template.body}


def _edit(asked: Asked) -> None:
    edit_template(
        template_id=asked.object.pk,
        subject=asked.data["subject"],
        body=asked.data["body"],
        actor=asked.actor,
    )


def _retry(asked: Asked) -> None:
    retry_message(message_id=asked.object.pk, actor=asked.actor)


def _tell_again(asked: Asked) -> HttpResponse:
    return HttpResponseRedirect(
        page_of(send_once_more(message_id=asked.object.pk, actor=asked.actor))
    )


def _may_be_told_again(message: Any, request: HttpRequest) -> bool:
    kind = KINDS.get(message.code)
    is_sent = bool(message.status == MessageStatus.SENT)
    return is_sent and kind is not None and not kind.is_secret


def _send_all_again(asked: Asked) -> HttpResponse:
    """The list's address holds the filters; those that are not failed are refused, one by one."""
    filters = looked_at(asked.request)
    asked.request.GET = QueryDict(filters)
    pages = admin.site._registry[Message]
    rows = pages.get_changelist_instance(asked.request).get_queryset(asked.request)
    return HttpResponseRedirect(
        choose("messages.send_again", rows, filters=filters, actor=asked.actor)
    )


SAID = Personal("said", ("recipient", "text"), lambda message: Whose(user_id=message.user_id))


@admin.register(Message)
class MessageAdmin(Console):
    """What was said to whom, through which channel, and what became of it."""

    aggregate = "message"
    chips = "status"
    list_display = (
        "reference",
        "recipient",
        "channel",
        "said",
        "about",
        "status_label",
        "created",
    )
    list_filter = ("channel", "language")
    search_by = {"reference__startswith": upper, "about": upper, "recipient": same}
    search_hint = _("Recipient, or reference of the message or of what it is about")
    status_label = state_column()
    list_decisions = (
        Decision(
            "send_again",
            _("Send all again"),
            "handle_deliveries",
            _send_all_again,
            ask=_(
                "All messages of the list, as it is filtered now, are chosen; you look at them before"
                " anything is sent."
            ),
            icon="forward_to_inbox",
        ),
    )
    decisions = (
        Decision(
            "retry",
            _("Send again"),
            "handle_deliveries",
            _retry,
            done=_("The message is queued again."),
            ask=_("It is sent as it was worded."),
            icon="refresh",
            variant="primary",
            when=may_become(MESSAGE_TRANSITIONS, MessageStatus.QUEUED),
        ),
        Decision(
            "again",
            _("Send once more"),
            "help_buyers",
            _tell_again,
            done=_("It is on its way once more, as a message of its own."),
            ask=_("The same words, to where the person is reached now."),
            icon="forward_to_inbox",
            when=_may_be_told_again,
        ),
        *SAID.decisions,
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        # The body is encrypted: a list neither shows nor deciphers it.
        rows = super().get_queryset(request)
        return rows if is_about_one(request) else rows.defer("body")

    @display(description=_("Subject"))
    def said(self, message: Message) -> Any:
        """An SMS has no subject."""
        kind = kind_of(message.code)
        return two_lines(message.subject, kind) if message.subject else kind

    @display(description=_("Created"), ordering="-pk")
    def created(self, message: Message) -> Any:
        return moment(message.created_at)

    def page(self, request: HttpRequest, message: Message) -> Page:
        shown = SAID.on(request, message)
        return Page(
            figures=[
                (_("To"), shown("recipient", message.recipient)),
                (_("Channel"), message.get_channel_display()),
                (_("Sent"), moment(message.sent_at)),
            ],
            notices=[("danger", message.failure)] if message.failure else [],
            main=[
                Text(
                    message.subject or TITLES.get(message.code, message.code),
                    shown("text", _body(message)),
                ),
                Facts(
                    _("Message"),
                    [
                        (_("Kind"), kind_of(message.code)),
                        (_("Code"), message.code),
                        (_("Language"), message.get_language_display()),
                        (_("About"), reference_link(message.about)),
                        (_("Person"), message.user),
                        (_("Created"), moment(message.created_at)),
                        (_("Provider's id"), message.provider_id),
                    ],
                    actions=shown.button,
                ),
            ],
        )


def _body(message: Message) -> Any:
    """What opens an account is its owner's alone, save where nobody's mail is real."""
    kind = KINDS.get(message.code)
    if kind is not None and kind.is_secret and settings.ENVIRONMENT == "production":
        return _("Not shown: this message opens an account.")
    return message.body


@admin.register(MessageTemplate)
class MessageTemplateAdmin(Console):
    """`{name}` marks what is filled in."""

    list_display = ("kind", "channel_shown", "language_shown", "subject", "updated")
    ordering = ("code", "channel", "language")
    list_filter = ("channel", "language")
    search_by = {"code__istartswith": same}
    search_hint = _("Beginning of the code")
    decisions = (
        Decision(
            "edit",
            _("Edit the words"),
            "edit_templates",
            _edit,
            done=_("The new words are used from now on."),
            form=TemplateForm,
            ask=_("{name} marks what is filled in. Messages that are queued keep their words."),
            icon="edit",
            variant="primary",
            submit=_("Save"),
            own_page=True,
        ),
    )

    @display(description=_("Kind"), ordering="code")
    def kind(self, template: MessageTemplate) -> Any:
        return two_lines(TITLES.get(template.code, template.code), template.code)

    @display(description=_("Channel"), ordering="channel")
    def channel_shown(self, template: MessageTemplate) -> Any:
        return template.get_channel_display()

    @display(description=_("Language"), ordering="language")
    def language_shown(self, template: MessageTemplate) -> Any:
        return template.get_language_display()

    @display(description=_("Changed"), ordering="updated_at")
    def updated(self, template: MessageTemplate) -> Any:
        return moment(template.updated_at)

    def page(self, request: HttpRequest, template: MessageTemplate) -> Page:
        return Page(
            title=kind_of(template.code),
            figures=[
                (_("Code"), template.code),
                (_("Channel"), template.get_channel_display()),
                (_("Language"), template.get_language_display()),
            ],
            main=[Text(template.subject or _("Text"), template.body)],
        )
