"""What notifications refuse."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Invalid, NotFound


class MessageNotFound(NotFound):
    code = "message_not_found"
    message = _("There is no such message.")


class NotSentAgain(Conflict):
    code = "not_sent_again"
    message = _("Only what was sent, and opens no account, is sent once more.")


class TemplateNotFound(NotFound):
    code = "template_not_found"
    message = _("There is no such message template.")


class PlaceholderUnknown(Invalid):
    """A template asks for something that this kind of message does not know."""

    code = "placeholder_unknown"
    message = _("This message does not know {%(unknown)s}. It knows: %(known)s.")
    field = "body"


class PlaceholderMissing(Invalid):
    """Without it the message would be worthless, such as a code message without the code."""

    code = "placeholder_missing"
    message = _("The text must contain {%(missing)s}.")
    field = "body"


class BraceStray(Invalid):
    code = "brace_stray"
    message = _("Write a placeholder as {name}; other braces are not allowed.")
    field = "body"


class TextInvalid(Invalid):
    code = "template_text_invalid"
    message = _("The text must have between 1 and %(maximum)s characters.")
    field = "body"


class SubjectInvalid(Invalid):
    code = "template_subject_invalid"
    message = _("An e-mail needs a subject of one line, and an SMS has none.")
    field = "subject"
