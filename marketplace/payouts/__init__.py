"""What we owe sellers and how they get it: earnings, holds, and payout batches under four eyes.

Promises: nobody approves their own batch, no earning is paid twice, a failed payout re-credits.
"""
