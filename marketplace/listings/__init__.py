"""A seller's offer: price, condition, stock, pictures, moderation, bulk import.

Promises: reserved stock never exceeds stock on hand, and equals the open reservations of orders.
"""
