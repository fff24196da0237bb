"""ETags from version columns: who edits says which version they looked at."""

import re

from django.http import HttpRequest, HttpResponse

from api.errors import PreconditionFailed, PreconditionRequired

_TAG = re.compile(r'(?:W/)?"v([0-9]{1,9})"')


def etag(version: int) -> str:
    return f'"v{version}"'


def stamp(response: HttpResponse, version: int) -> None:
    """Put the ETag of what is answered on the answer."""
    response["ETag"] = etag(version)


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


def not_modified(request: HttpRequest, version: int) -> HttpResponse | None:
    """304 where the caller has this version already."""
    offered = request.headers.get("If-None-Match", "")
    if version not in {int(number) for number in _TAG.findall(offered)}:
        return None
    response = HttpResponse(status=304)
    stamp(response, version)
    return response
