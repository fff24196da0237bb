"""One module per way to send: recorded only, Django's mail (SendGrid through anymail), Twilio."""
