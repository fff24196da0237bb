"""How long a proof may take: with every run of the tests, or on demand (`make proof-long`)."""

import os

IS_LONG = os.environ.get("PROOF_TIER") == "long"
