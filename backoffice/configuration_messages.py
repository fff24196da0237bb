"""The settings of whoever carries our e-mail and SMS."""

from pydantic import Field
from pydantic_settings import BaseSettings


class MessageSettings(BaseSettings):
    """Without keys nobody is written to: the console shows what would have been sent."""

    # Email and SMS
    email_from: str = Field(
        "ZetuTech <no-reply@zetutech.example>", description="Sender of all mail."
    )
    sendgrid_api_key: str = Field(
        "", description="Empty: mail is recorded and shown in the console, not sent."
    )
    sendgrid_api_url: str = Field("https://api.sendgrid.com/v3/", description="SendGrid's address.")
    twilio_account_sid: str = Field(
        "", description="Empty: SMS are recorded and shown in the console, not sent."
    )
    twilio_auth_token: str = Field("", description="Twilio's token.")
    twilio_from: str = Field("ZETUTECH", description="Sender id or number of SMS.")
    twilio_api_url: str = Field("https://api.twilio.com", description="Twilio's address.")
