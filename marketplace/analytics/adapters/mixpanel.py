"""Mixpanel's import of events (PROVIDERS 6.4)."""

from collections.abc import Mapping, Sequence

import httpx
import orjson

from marketplace.analytics.adapters.posting import object_of, post_json
from marketplace.analytics.ports import BatchRefused, Deed, Limits

KB = 1_024
BAD_REQUEST = 400


class Mixpanel:
    """A strict import names the events it refuses and takes the others.

    It takes 2,000 events at once, and 10 MB; an older page of its documents says 2 MB.
    """

    limits = Limits(deeds_max=2_000, body_bytes_max=1_900 * KB, deed_bytes_max=900 * KB)

    def __init__(
        self, *, url: str, project_id: str, service_user: str, service_secret: str
    ) -> None:
        self._url = url.rstrip("/")
        self._project_id = project_id
        self._auth = (service_user, service_secret)

    def encode(self, deed: Deed) -> bytes:
        return orjson.dumps(
            {
                "event": deed.name,
                "properties": {
                    **deed.properties,
                    "time": int(deed.at.timestamp() * 1_000),
                    "distinct_id": deed.who,
                    "$insert_id": str(deed.id),
                },
            }
        )

    def send(self, encoded: Sequence[bytes]) -> Mapping[int, str]:
        answer = post_json(
            f"{self._url}/import",
            b"[" + b",".join(encoded) + b"]",
            auth=self._auth,
            query={"strict": "1", "project_id": self._project_id},
        )
        if answer.is_success:
            return {}
        refused = _refused(answer, len(encoded))
        if refused and answer.status_code == BAD_REQUEST:
            return refused
        said = object_of(answer)
        raise BatchRefused(f"HTTP {answer.status_code} {said.get('error', '')}".strip())


def _refused(answer: httpx.Response, sent: int) -> dict[int, str]:
    """By place in the batch; what names no place of it says nothing."""
    records = object_of(answer).get("failed_records")
    found = {}
    for record in records if isinstance(records, list) else []:
        place = record.get("index") if isinstance(record, dict) else None
        if isinstance(place, int) and 0 <= place < sent:
            found[place] = f"{record.get('field', '')}: {record.get('message', '')}".strip(": ")
    return found
