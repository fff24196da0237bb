"""Who works on what: cases taken, given away and put aside, notes and mentions, saved views, queue times.

It knows no business. A case is `(kind, id)` as the events call it ("refund", …), and the moment at
which it entered its queue: a case that comes back later begins afresh, held by nobody.
"""
