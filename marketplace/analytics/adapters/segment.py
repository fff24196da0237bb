"""Segment's HTTP Tracking API (PROVIDERS 6.3)."""

from collections.abc import Mapping, Sequence

import orjson

from marketplace.analytics.adapters.posting import object_of, post_json
from marketplace.analytics.ports import BatchRefused, Deed, Limits
from marketplace.shared import clock

KB = 1_024
_BEFORE, _BETWEEN = b'{"batch":[', b","


class Segment:
    """It answers 200 to nearly everything, also to what it then drops: what we send must be right.

    Its own limits are 2,500 events, 500 KB and 32 KB; ours leave room for the rest of the body.
    """

    limits = Limits(deeds_max=2_000, body_bytes_max=490 * KB, deed_bytes_max=31 * KB)

    def __init__(self, *, url: str, write_key: str) -> None:
        self._url = url.rstrip("/")
        self._write_key = write_key

    def encode(self, deed: Deed) -> bytes:
        return orjson.dumps(
            {
                "type": "track",
                "messageId": str(deed.id),
                "userId": deed.who,
                "event": deed.name,
                "properties": dict(deed.properties),
                "timestamp": deed.at.isoformat(),
            }
        )

    def send(self, encoded: Sequence[bytes]) -> Mapping[int, str]:
        # By `sentAt` Segment corrects the clocks of phones; ours needs no correction, so it is now.
        after = b'],"sentAt":"%b"}' % clock.now().isoformat().encode()
        answer = post_json(
            f"{self._url}/v1/batch",
            _BEFORE + _BETWEEN.join(encoded) + after,
            auth=(self._write_key, ""),
        )
        if answer.is_success:
            return {}
        said = object_of(answer)
        raise BatchRefused(f"HTTP {answer.status_code} {said.get('message', '')}".strip())
