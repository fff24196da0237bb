"""Our web server's settings, with one worker, for our application and for the bare one alike."""

import runpy
from pathlib import Path

_ours = runpy.run_path(str(Path(__file__).parents[2] / "deploy" / "gunicorn.conf.py"))
globals().update({name: value for name, value in _ours.items() if not name.startswith("_")})

workers = 1
# In production the proxy in front keeps the access log.
accesslog = None
# A worker that makes room for a fresh one would break the connections that are measured.
max_requests = 0
