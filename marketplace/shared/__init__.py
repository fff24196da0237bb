"""Ground floor: money, ids, clock, errors, state machines, events and the outbox.

Everything here is business-free; every other context may import it, it imports none of them.
"""
