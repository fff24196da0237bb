"""Templated e-mail and SMS, each kept exactly as sent in a delivery log."""
