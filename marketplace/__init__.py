"""The domain: one Django app per bounded context. Knows no HTTP, no console, no queue."""
