"""What the ledger refuses."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Invalid


class Unbalanced(Invalid):
    code = "entry_unbalanced"
    message = _("The entry does not balance: its postings sum to %(difference)s.")
