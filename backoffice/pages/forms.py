"""Forms that several decisions share, in Unfold's clothes."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from marketplace.accounts.webauthn import ANSWER_LENGTH_MAX
from marketplace.shared import four_eyes
from marketplace.shared.money import DEFAULT_CURRENCY, EXPONENT

REASON_MAX = four_eyes.REASON_MAX
MESSAGE_MAX = 4000
WORDS_MAX = 200
CODE_MAX = 30


class _Limited(forms.CharField):
    """Text of at most `max_length` characters: the browser stops there, and who gets past it is told
    which field it was."""

    def clean(self, value: Any) -> Any:
        if isinstance(value, str):
            # A browser sends two characters for an end of line that it counts as one.
            value = value.replace("\r\n", "\n")
        length = len(value) if isinstance(value, str) else 0
        if self.max_length is not None and length > self.max_length:
            raise forms.ValidationError(
                _("“%(field)s” takes at most %(limit)s characters; this has %(length)s."),
                code="max_length",
                params={
                    "field": self.label,
                    "limit": f"{self.max_length:,}",
                    "length": f"{length:,}",
                },
            )
        return super().clean(value)


class Words(_Limited):
    """One line of text."""

    def __init__(self, *, max_length: int = WORDS_MAX, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, widget=UnfoldAdminTextInputWidget(), **kwargs)


class Suggested(Words):
    """One line of text, with what `backoffice.suggesting` has of this kind offered while one types."""

    def __init__(self, kind: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs["data-suggest"] = reverse_lazy("suggest", args=[kind])


class CodeField(forms.CharField):
    """A code of an authenticator app, or a recovery code; phones and browsers offer what they know."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {
            "autocomplete": "one-time-code",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        super().__init__(
            label=_("Code"),
            max_length=CODE_MAX,
            widget=UnfoldAdminTextInputWidget(attrs=attributes),
            **kwargs,
        )


class PasskeyAnswer(forms.CharField):
    """What a passkey said, as `passkeys.js` puts it into the form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            max_length=ANSWER_LENGTH_MAX,
            widget=forms.HiddenInput(attrs={"autocomplete": "off"}),
            **kwargs,
        )


class LongWords(_Limited):
    """Text of several lines; `rows` high."""

    def __init__(self, *, rows: int = 3, max_length: int = MESSAGE_MAX, **kwargs: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": rows})
        super().__init__(max_length=max_length, widget=widget, **kwargs)


class Choice(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=UnfoldAdminSelectWidget(), **kwargs)


class Number(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=UnfoldAdminIntegerFieldWidget(), **kwargs)


class Day(forms.DateField):
    """A calendar day, chosen with the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}), **kwargs)


class Shillings(forms.IntegerField):
    """Whole shillings for people; cleans to minor units."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        super().__init__(widget=UnfoldAdminDecimalFieldWidget(), **kwargs)

    def clean(self, value: Any) -> Any:
        whole = super().clean(value)
        return None if whole is None else whole * 10 ** EXPONENT[DEFAULT_CURRENCY]


class ReasonForm(forms.Form):
    """Why: kept in the event log, and told to whom it concerns."""

    reason = LongWords(label=_("Reason"), max_length=REASON_MAX)


class ReceiptForm(forms.Form):
    """The provider's receipt, and where it was found."""

    receipt = Words(label=_("Provider receipt"), max_length=40)
    reason = LongWords(label=_("Reason"), max_length=REASON_MAX)


class NoteForm(forms.Form):
    """What somebody else reads of a thing of theirs that is refused."""

    note = LongWords(label=_("What is wrong"), max_length=REASON_MAX)


class MessageForm(forms.Form):
    message = LongWords(label=_("Message"), max_length=2000, rows=5)
