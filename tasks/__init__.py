"""Background work: the outbox over django-q2, the subscription table, and the schedules."""
