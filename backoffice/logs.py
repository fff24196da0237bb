"""Log lines that say which request or delivery they belong to: for people, or as JSON for machines."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from marketplace.shared.request_context import current_request_id


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        request_id = current_request_id.get()
        record.request_id = f"[{request_id}] " if request_id else ""
        return True


class JsonFormatter(logging.Formatter):
    """One object per line, so that a line break inside a message cannot forge a second entry."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": current_request_id.get() or None,
            "error": self.formatException(record.exc_info) if record.exc_info else None,
        }
        return json.dumps({name: value for name, value in entry.items() if value is not None})


def settings(*, level: str, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING: everything to the process's output, from where whoever runs us collects it."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "backoffice.logs.RequestIdFilter"}},
        "formatters": {
            "line": {
                "format": "{asctime} {levelname:<7} {name} {request_id}{message}",
                "style": "{",
                "datefmt": "%H:%M:%S",
            },
            "json": {"()": "backoffice.logs.JsonFormatter"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if as_json else "line",
                "filters": ["request_id"],
            },
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django-q": {"handlers": [], "propagate": True, "level": "WARNING"},
            "httpx": {"level": "WARNING"},
        },
    }
