"""ETags from version columns: who edits says which version they looked at.

They guard edits only. Nothing answers 304 by them: pictures and reservations change what is shown
without changing the version.
"""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse

from api.errors import PreconditionFailed, PreconditionRequired

_TAG = re.compile(r'"v([0-9]{1,9})"')


def shows_version(view: Any) -> Any:
    """Mark an operation whose answer carries an ETag (for the OpenAPI document)."""
    view.shows_version = True
    return view


def edits_version(view: Any) -> Any:
    """Mark an operation that needs If-Match and answers the new ETag."""
    view.edits_version = view.shows_version = True
    return view


def stamp(response: HttpResponse, version: int) -> None:
    """Put the ETag of what is answered on the answer."""
    response["ETag"] = f'"v{version}"'


def expected_version(request: HttpRequest) -> int:
    """The version that the caller looked at.

    Raises PreconditionRequired (428) without If-Match and PreconditionFailed (412) for a tag of
    something else. `*` is refused too: it would overwrite what nobody looked at.
    """
    offered = request.headers.get("If-Match")
    if not offered:
        raise PreconditionRequired
    match = _TAG.fullmatch(offered.strip())
    if match is None:
        raise PreconditionFailed
    return int(match.group(1))
