"""How gunicorn serves the product; the environment says where and how much.

HOST, PORT, WEB_CONCURRENCY (processes, 2), WEB_THREADS (each, 4), ACCESS_LOG (off).
"""

import os

wsgi_app = "config.wsgi"
bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
worker_class = "gthread"
timeout = 60
graceful_timeout = 5
# A process that has grown gives its memory back now and then; not all at the same moment.
max_requests = 10_000
max_requests_jitter = 1_000
control_socket_disable = True
loglevel = "warning"
accesslog = "-" if os.environ.get("ACCESS_LOG", "").lower() in ("1", "on", "true", "yes") else None
# The path without its query, which may hold a name someone searched for; no address of a person.
access_log_format = '{"method": "%(m)s", "path": "%(U)s", "status": %(s)s, "milliseconds": %(M)s}'


def post_worker_init(worker: object) -> None:
    """Leave what was loaded at start out of every later collection of garbage.

    A page makes many short-lived objects; walking the whole product for them shows as slow pages.
    """
    import gc

    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
