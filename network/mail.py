"""Mails out of the outbox: rendered from templates/email/<template>.txt in the reader's language and sent by SMTP.

The first line of a template is 'Subject: …', then a blank line and the text. Beside its own context a template gets
`site_url` and `lang`, `signed` for the token of an invitation, and may use url_for with _external=True.
"""

import smtplib
import ssl
from email.message import EmailMessage

from flask import Flask, render_template

from models import OutboxMail
from network.i18n import speaking
from network.links import sign_invitation
from network.settings import Settings

TIMEOUT = 20


def render(app: Flask, mail: OutboxMail) -> EmailMessage:
    settings: Settings = app.config["SETTINGS"]
    site_url = settings.site_url.rstrip("/")
    with app.test_request_context(base_url=site_url), speaking(mail.language):
        page = render_template(
            f"email/{mail.template}.txt",
            site_url=site_url,
            lang=mail.language,
            signed=sign_invitation,
            **mail.context,
        )
    head, _, text = page.partition("\n\n")
    message = EmailMessage()
    message["To"] = mail.to
    message["From"] = settings.mail_from or "no-reply@localhost"
    message["Subject"] = " ".join(head.removeprefix("Subject:").split())
    message.set_content(text.strip() + "\n")
    return message


def send(app: Flask, mail: OutboxMail) -> None:
    """Raises OSError when the mail server cannot be reached, is not who it says, or refuses."""
    settings: Settings = app.config["SETTINGS"]
    message = render(app, mail)
    connect = smtplib.SMTP_SSL if settings.mail_security == "tls" else smtplib.SMTP
    with connect(settings.mail_host, settings.mail_port, timeout=TIMEOUT) as server:
        if settings.mail_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.mail_user:
            server.login(settings.mail_user, settings.mail_password)
        server.send_message(message)
