"""gunicorn's settings, in the demo as in production."""

import os
import tempfile
from pathlib import Path

worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Uploads of large exports take longer than a page.
timeout = 120
graceful_timeout = 20
max_requests = 5000
max_requests_jitter = 500
accesslog = "-" if os.environ.get("ACCESS_LOG") == "1" else None
# Heartbeat files belong in memory: a slow disk must not look like a hung worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else tempfile.gettempdir()
# It would lie in the home folder, which a container's read-only disk has not.
control_socket_disable = True
