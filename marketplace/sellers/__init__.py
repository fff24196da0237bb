"""Who may sell: applications with their KYC documents, the review, and the sellers that come of it.

Promises: nobody sells without an approved application, and every decision has
a person and a reason.
"""
