"""Who moves money or gives power proves once more who they are, if they have not lately.

The question stands in the form of the decision itself: nothing that was typed is lost, and nothing
is decided before it is answered.
"""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget

from backoffice.pages.bulk import Bulk
from backoffice.pages.decisions import Decision
from backoffice.pages.forms import CodeField, PasskeyAnswer
from backoffice.proving import is_freshly_proved, prove_again
from marketplace.accounts.queries import has_passkey
from marketplace.shared.errors import DomainError

FIELD = "proof"
PASSKEY = "passkey"
# No password is longer; what is, costs nobody a hash.
PASSWORD_MAX = 1_000


class ProofForm(forms.Form):
    """A passkey or a code of the person's second step, or their password where they have none."""

    passkey = PasskeyAnswer()

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        user: Any = request.user
        self.takes_passkey = _takes_passkey(request)
        if user.second_factor_since is not None:
            self.fields[FIELD] = CodeField(required=not self.data.get(PASSKEY))
        else:
            widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"})
            self.fields[FIELD] = forms.CharField(
                label=_("Your password"), max_length=PASSWORD_MAX, strip=False, widget=widget
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if FIELD in cleaned:
            try:
                prove_again(self.request, answer=cleaned[FIELD], passkey=cleaned.get(PASSKEY, ""))
            except DomainError as refusal:
                self.add_error(FIELD, str(refusal))
        return cleaned


def proof_asked(
    request: HttpRequest, decision: Decision | Bulk, *, answered: bool
) -> ProofForm | None:
    """The question before the decision; None where it needs none, or was answered rightly now."""
    if not decision.needs_proof or is_freshly_proved(request):
        return None
    auto_id = f"{decision.name}-%s"
    if not answered or FIELD not in request.POST:
        return ProofForm(request, auto_id=auto_id)
    form = ProofForm(request, request.POST, auto_id=auto_id)
    return None if form.is_valid() else form


def _takes_passkey(request: HttpRequest) -> bool:
    """Asked once for a page, which may ask for many proofs."""
    user: Any = request.user
    kept = vars(request)
    if "takes_passkey" not in kept:
        kept["takes_passkey"] = user.second_factor_since is not None and has_passkey(user.pk)
    return bool(kept["takes_passkey"])
