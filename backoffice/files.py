"""Files of the embedded default: private ones behind signed links, public pictures as they are."""

import mimetypes
from pathlib import PurePosixPath

from django.conf import settings
from django.core import signing
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from marketplace.shared.storage import open_signed, private_storage, public_storage

# What a browser may show in place; everything else is downloaded.
SHOWN_IN_PLACE = {"application/pdf", "image/jpeg", "image/png", "image/webp"}
PICTURES_KEPT_S = 31_536_000  # Their names change when their bytes do.


def serve(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """A private file, for as long as its link lives. 404 for a forged or expired link alike."""
    try:
        path = open_signed(token, max_age_s=settings.SIGNED_URL_SECONDS)
    except signing.BadSignature as error:
        raise Http404(_("This link is not valid any more. Ask for a new one.")) from error
    storage = private_storage()
    if PurePosixPath(path).name != name or not storage.exists(path):
        raise Http404(_("This file does not exist."))
    response = _file(storage.open(path), name)
    response["Cache-Control"] = "private, no-store"
    return response


def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """A re-encoded product picture; in production the bucket serves them."""
    storage = public_storage()
    try:
        response = _file(storage.open(name), PurePosixPath(name).name)
    # Missing, or a folder; a path that leaves the root is a SuspiciousFileOperation, which Django answers with 400.
    except OSError as error:
        raise Http404(_("This file does not exist.")) from error
    response["Cache-Control"] = f"public, max-age={PICTURES_KEPT_S}, immutable"
    return response


def _file(file: object, name: str) -> FileResponse:
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    shown = content_type in SHOWN_IN_PLACE
    response = FileResponse(file, as_attachment=not shown, filename=name, content_type=content_type)
    # Whatever is inside, it runs nothing and reads nothing of ours; our own pages may frame it. A browser's PDF
    # viewer does not start in a sandbox, and needs none.
    sandbox = "" if content_type == "application/pdf" else "; sandbox"
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'{sandbox}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
