"""Entry point of the web server: `gunicorn incentives.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

from incentives import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incentives.settings")
embedded.ensure_missing()
application = get_wsgi_application()
