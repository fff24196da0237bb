"""Carts, orders and their fulfilment. One order, one currency; one seller order per seller in it.

Promises: stock is reserved in the transaction that places the order, no path oversells, and the
commission of a line is frozen when it is placed.
"""
