"""Version 1: one router per group of resources."""
