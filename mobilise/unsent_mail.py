"""E-mails while nobody said how they are sent."""

import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)


class UnsentMail(BaseEmailBackend):
    """Says that a mail was not sent, and nothing of it: printed, its addresses and its links would be in the log."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """None of them is sent."""
        logger.warning("%s e-mails were not sent: EMAIL_URL is not set", len(email_messages))
        return 0
