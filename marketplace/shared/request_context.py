"""The id of the request or delivery being served, for events and log lines.

Set by the web middleware and by the delivery runner; empty outside both.
"""

from contextvars import ContextVar

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")
