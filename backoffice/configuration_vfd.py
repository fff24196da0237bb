"""The settings of fiscal receipts: what the Tanzania Revenue Authority issues for a virtual fiscal device."""

from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings

from backoffice.embedded.certificates import make_certificate

SIMULATED_CERTKEY = "10TZ-SIMULATOR"


class VfdSettings(BaseSettings):
    """Without an address, the simulator's that `make run` starts, with a certificate made in `.data/`."""

    # Fiscal receipts (TRA VFD)
    vfd_enabled: bool = Field(True, description="Whether our invoices get fiscal receipts.")
    vfd_since: date | None = Field(
        None, description="Invoices issued before this day get none: they got one some other way."
    )
    vfd_base_url: str = Field(
        "",
        description=(
            "TRA's address up to `/api` and `/vfdtoken`: `https://vfd.tra.go.tz`, in its test system"
            " `https://virtual.tra.go.tz/efdmsRctApi`. Default: the simulator."
        ),
    )
    vfd_verify_url: str = Field(
        "https://verify.tra.go.tz", description="Where receipts are verified; goes into QR codes."
    )
    vfd_certkey: str = Field(SIMULATED_CERTKEY, description="CERTKEY that TRA issued.")
    vfd_certificate: Path | None = Field(
        None, description="File (.pfx) with the certificate and key that TRA issued."
    )
    vfd_certificate_password: str = Field("", description="Its password.")
    vfd_cert_serial: str = Field(
        "", description="Header Cert-Serial. Default: the certificate's serial, in hex, in base64."
    )
    vfd_connect_timeout_s: float = Field(
        5, gt=0, le=20, description="Longest wait for a connection."
    )
    vfd_read_timeout_s: float = Field(30, gt=0, le=60, description="Longest wait for an answer.")

    def vfd_device(self, *, simulator_port: int, tin: str, certificate: Path) -> dict[str, Any]:
        """For `settings.FISCAL_DEVICE`; `certificate` is the simulator's."""
        if self.vfd_certificate is None:
            make_certificate(certificate)
        return {
            "is_enabled": self.vfd_enabled,
            "since": self.vfd_since.isoformat() if self.vfd_since else None,
            "adapter": "marketplace.billing.adapters.vfd.VfdAdapter",
            "options": {
                "base_url": self.vfd_base_url or f"http://127.0.0.1:{simulator_port}",
                "verify_url": self.vfd_verify_url,
                "tin": tin,
                "certkey": self.vfd_certkey,
                "certificate": str(self.vfd_certificate or certificate),
                "certificate_password": self.vfd_certificate_password,
                "cert_serial": self.vfd_cert_serial,
                "connect_timeout_s": self.vfd_connect_timeout_s,
                "read_timeout_s": self.vfd_read_timeout_s,
            },
        }
