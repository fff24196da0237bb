"""How work is done in the console: the one shape of a queue, and what every case's page has.

A queue is declared in `backoffice/queues/`, one short module each.
"""
