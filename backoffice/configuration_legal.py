"""Who we are, on invoices and receipts."""

from pydantic import Field
from pydantic_settings import BaseSettings


class LegalSettings(BaseSettings):
    """Our names and numbers towards the tax authority; demo values, which production refuses."""

    # Who we are, on invoices and receipts
    legal_name: str = Field("ZetuTech Limited", description="Our registered name.")
    legal_address: str = Field(
        "Samora Avenue 1, Dar es Salaam, Tanzania", description="Our registered address."
    )
    legal_tin: str = Field("123456789", description="Our TIN, nine digits.")
    legal_vrn: str = Field("40-012345-A", description="Our VAT registration number.")

    @property
    def legal_identity(self) -> dict[str, str]:
        return {
            "name": self.legal_name,
            "address": self.legal_address,
            "tin": self.legal_tin,
            "vrn": self.legal_vrn,
        }
