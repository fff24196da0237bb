"""People, their sessions and addresses."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.schemas.base import Choice, In, Moment, Out, Text, line, reference_of

EMAIL_LENGTH_MAX = 254
PASSWORD_LENGTH_MAX = 128
TOKEN_LENGTH_MAX = 200


class RegisterIn(In):
    """An e-mail address, a phone number, or both."""

    name: Text = line(1, 120, "Asha Mushi")
    email: Text | None = Field(None, max_length=EMAIL_LENGTH_MAX, examples=["asha@example.com"])
    phone: Text | None = Field(None, max_length=30, examples=["0754 123 456"])
    password: Text = line(1, PASSWORD_LENGTH_MAX, "Karibu-2026!")
    language: Literal["en", "sw"] = Field("en", examples=["sw"])
    device: Text = Field("", max_length=200, examples=["Tecno Spark 20, app 1.4"])


class LoginIn(In):
    login: Text = Field(
        min_length=1,
        max_length=EMAIL_LENGTH_MAX,
        description="E-mail address or phone number.",
        examples=["buyer@zetutech.test"],
    )
    password: Text = line(1, PASSWORD_LENGTH_MAX, "Karibu-2026!")
    code: Text = Field(
        "",
        max_length=30,
        description="From the authenticator app, or a recovery code; only for accounts with two-step sign-in.",
        examples=["123456"],
    )
    device: Text = Field("", max_length=200, examples=["Tecno Spark 20, app 1.4"])


class RefreshIn(In):
    refresh: Text = line(1, TOKEN_LENGTH_MAX, "kq3bJ0w0T9m0oZ8lq2Hn5tq7d1x4c6v8")


class PhoneIn(In):
    phone: Text = line(1, 30, "0754 123 456")


class CodeIn(In):
    code: Text = line(4, 12, "482913")


class AddressIn(In):
    recipient: Text = line(1, 120, "Asha Mushi")
    phone: Text = line(1, 30, "+255754123456")
    region: Text = line(1, 60, "Dar es Salaam")
    district: Text = line(1, 60, "Kinondoni")
    street: Text = line(1, 200, "Mtaa wa Samora 12")
    landmark: Text = Field("", max_length=200, examples=["Karibu na Msikiti wa Manyema"])
    is_default: bool = Field(False, examples=[True])


class AddressOut(Out):
    reference: str = reference_of("ADR")
    recipient: str = Field(examples=["Asha Mushi"])
    phone: str = Field(examples=["+255754123456"])
    region: str = Field(examples=["Dar es Salaam"])
    district: str = Field(examples=["Kinondoni"])
    street: str = Field(examples=["Mtaa wa Samora 12"])
    landmark: str = Field(examples=["Karibu na Msikiti wa Manyema"])
    is_default: bool


class Me(Out):
    """The signed-in person."""

    reference: str = reference_of("USR")
    name: str = Field(examples=["Asha Mushi"])
    email: str | None = Field(examples=["asha@example.com"])
    phone: str | None = Field(examples=["+255754123456"])
    is_phone_verified: bool
    kyc_level: int = Field(examples=[1], description="0 none, 1 phone, 2 identity.")
    language: str = Field(examples=["sw"])
    registered_at: Moment
    seller: Choice | None = Field(
        description="The seller that the person acts for.",
        examples=[{"code": "SEL-7K3M9QX2", "label": "Kariakoo Electronics"}],
    )


class SessionOut(Out):
    access: str = Field(examples=["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIwMTk5In0.c2ln"])
    refresh: str = Field(examples=["kq3bJ0w0T9m0oZ8lq2Hn5tq7d1x4c6v8"])
    token_type: Literal["Bearer"] = Field("Bearer", examples=["Bearer"])
    expires_in: int = Field(examples=[900], description="Seconds that `access` works.")
    me: Me


class CodeSentOut(Out):
    expires_at: Moment


class ConsentIn(In):
    is_given: bool = Field(examples=[True])


class ConsentOut(Out):
    purpose: str = Field(examples=["analytics"])
    is_given: bool
    given_at: Moment | None = Field(description="Since when; null where it is not allowed.")

    @classmethod
    def of(cls, purpose: str, given_at: datetime | None) -> "ConsentOut":
        return cls(purpose=str(purpose), is_given=given_at is not None, given_at=given_at)
