"""The house's rules that operations may change while everything runs: thresholds, deadlines, switches.

A rule has a usual value, which the environment gives; somebody may set another one with a reason.
What a rule means is known by the context that asks for it.
"""
