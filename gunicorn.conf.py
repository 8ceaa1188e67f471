"""How the web process runs, wherever it runs. Read by gunicorn from the folder it starts in."""

worker_class = "gthread"
workers = 2
threads = 4
# Loaded once, before the workers are made: half the time and memory. Nothing is connected that early.
preload_app = True
timeout = 60
graceful_timeout = 20
# A worker is replaced now and then, so that no leak can grow for ever.
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True
# Path without query, and no client's words.
accesslog = None
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(M)sms"
# The same reticence as the rest: config/logs.py.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"reticent": {"()": "config.logs.ReticentFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "reticent"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}
