"""The tax authority that this instance reports to, if any."""

import json
from functools import lru_cache
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from marketplace.billing.ports import FiscalAuthority


def fiscal_authority() -> FiscalAuthority | None:
    """None where invoices are not fiscalised (VFD_ENABLED)."""
    configured = settings.FISCAL_DEVICE
    if not configured["is_enabled"]:
        return None
    return _build(configured["adapter"], json.dumps(configured["options"], sort_keys=True))


@lru_cache(maxsize=4)
def _build(adapter: str, options: str) -> FiscalAuthority:
    """One adapter per configuration and process: it keeps its token."""
    return cast(FiscalAuthority, import_string(adapter)(**json.loads(options)))
