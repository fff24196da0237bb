"""Log lines that say which request or delivery they belong to."""

import logging

from marketplace.shared.request_context import current_request_id


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        request_id = current_request_id.get()
        record.request_id = f"[{request_id}] " if request_id else ""
        return True
