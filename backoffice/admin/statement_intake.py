"""How a statement comes in by hand: a file from a person, or the list of a provider that is asked."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import page_of, provider_name
from backoffice.pages.forms import Choice
from marketplace.payments.gateways import listing_providers, provider_names
from marketplace.payments.ports import ProviderUnavailable
from marketplace.reconciliation.commands import fetch_statement, upload_statement


class StatementForm(forms.Form):
    provider = Choice(label=_("Provider"))
    file = forms.FileField(
        label=_("Statement"),
        help_text=_("The file as the provider gave it; the same bytes are taken once."),
        widget=UnfoldAdminFileFieldWidget(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].choices = [  # type: ignore[attr-defined]
            (name, provider_name(name)) for name in provider_names()
        ]


def _upload(asked: Asked) -> HttpResponse:
    statement = upload_statement(
        provider=asked.data["provider"], file=asked.data["file"], actor=asked.actor
    )
    return HttpResponseRedirect(page_of(statement))


def _fetch(asked: Asked) -> None:
    for provider in listing_providers():
        name = provider_name(provider)
        try:
            statement = fetch_statement(provider=provider, actor=asked.actor)
        except ProviderUnavailable as error:
            messages.error(asked.request, _("No answer: %(why)s") % {"why": f"{name}: {error}"})
            continue
        said = _("%(provider)s: %(reference)s is read and matched in the background.")
        if statement is None:
            said = _("%(provider)s: nothing has moved since the last time.")
        given = {"provider": name, "reference": statement.reference if statement else ""}
        messages.success(asked.request, said % given)


def _is_any_asked(_thing: Any, _request: HttpRequest) -> bool:
    return bool(listing_providers())


BRINGING = (
    Decision(
        "upload",
        _("Upload a statement"),
        "upload_statements",
        _upload,
        done=_("The statement is kept; it is read and matched in the background."),
        form=StatementForm,
        icon="upload_file",
        variant="primary",
    ),
    Decision(
        "fetch",
        _("Fetch from the provider"),
        "upload_statements",
        _fetch,
        ask=_("Providers that list their movements are asked for those since the last time."),
        icon="cloud_download",
        when=_is_any_asked,
    ),
)
