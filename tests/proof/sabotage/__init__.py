"""Every invariant is seen to fail once: what none of them would find, nobody would."""
