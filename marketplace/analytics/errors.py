"""What analytics refuses."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import NotFound


class BatchNotFound(NotFound):
    code = "forward_batch_not_found"
    message = _("We do not know this batch.")
