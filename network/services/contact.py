"""Writing to the coordinators without an account."""

from sqlalchemy.orm import Session

from models.errors import Conflict, Invalid
from network.services.outbox import coordinators, post

MESSAGE_LENGTH = 3000
SHORTEST = 20


def write(session: Session, *, name: str, email: str, topic: str, message: str) -> None:
    """One mail to every coordinator. Name, address and words are forgotten once it has gone.

    Raises Invalid for too short a message, Conflict('nobody_to_read') where there is no coordinator.
    """
    message = message.strip()[:MESSAGE_LENGTH]
    if len(message) < SHORTEST:
        raise Invalid("contact_message_missing")
    readers = coordinators(session)
    if not readers:
        raise Conflict("nobody_to_read")
    secret = {"name": name.strip(), "email": email.strip(), "message": message}
    post(session, readers, "contact_message", topic=topic, secret=secret)
