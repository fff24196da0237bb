"""The web server's settings, from the same configuration as everything else."""

from backoffice.configuration import Configuration

_configuration = Configuration.load()

bind = f"{_configuration.effective_host}:{_configuration.port}"
worker_class = "gthread"
workers = _configuration.web_workers
threads = _configuration.web_threads
# Imports happen once and are shared; no connection is opened while importing (Django opens them lazily).
preload_app = True
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
limit_request_line = 8190
worker_tmp_dir = "/dev/shm"  # noqa: S108 - the heartbeat file; on disk a busy disk looks like a dead worker
control_socket_disable = True
loglevel = "warning"
# Without the query string: signed links carry their secret there.
accesslog = "-" if not _configuration.is_production or _configuration.log_level == "DEBUG" else None
access_log_format = "%(m)s %(U)s → %(s)s, %(B)s bytes, %(M)s ms"
