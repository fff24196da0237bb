"""The steps of a buyer before an order, which leave no event behind."""

from enum import StrEnum


class Step(StrEnum):
    SEARCH = "search"
    VIEW = "view"
    CART = "cart"
