"""The money machine: random lives of orders over the real adapters and simulators, checked at every step."""
