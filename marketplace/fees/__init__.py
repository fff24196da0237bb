"""What the marketplace takes: commission rules and VAT rates, by date.

Stands below orders, so that an order can snapshot its terms in its own transaction. Promise:
terms are read once, when an order is placed, and never derived again for that order.
"""
