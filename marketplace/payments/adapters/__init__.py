"""The payment providers' own protocols, one file per provider, behind `ports.PaymentProvider`."""
