"""Whether a kept connection still lives: seen on its socket, asked only where something stands there.

Django asks "SELECT 1" before the first query of every request. A server that went away has closed
the socket, which the operating system tells us for nothing; and a connection that died in silence
fails its next query, after which Django drops it, as ever.
"""

import select

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        if not poll.poll(0):
            return True
        return bool(super().is_usable())
