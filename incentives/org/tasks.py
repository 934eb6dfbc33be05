"""What workers do for people and their sign-ins."""

from __future__ import annotations

import logging
from typing import Any

from celery import Task, shared_task
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from incentives.org.models import Person

_logger = logging.getLogger(__name__)


def hand_over(task: Task[Any, Any], *args: Any) -> None:
    """Give a task to a worker; a queue that is away is noted, and nobody waits for it."""
    try:
        task.apply_async(args, retry=False)
    except OperationalError:
        _logger.exception("%s is not sent: the task queue does not answer", task.name)


@shared_task
def send_address_link(person: int, link: str) -> None:
    """Send the link to the person's address, in their language."""
    reader = Person.objects.get(pk=person)
    with translation.override(reader.locale):
        text = _(
            "%(name)s, follow this link while you are signed in, and links for a new password can"
            " be sent to this address:\n\n%(link)s\n\nIf you have not asked for it, do nothing."
        )
        subject = _("Is this your address?")
        send_mail(subject, text % {"name": reader, "link": link}, None, [reader.email])
