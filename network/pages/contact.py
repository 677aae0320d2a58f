"""Writing to the coordinators of the network."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.errors import DomainError
from network.auth import Access, requires, viewer
from network.extensions import db, limiter
from network.forms.contact import TOPICS, ContactForm
from network.services import contact

blueprint = Blueprint("contact", __name__, url_prefix="/contact")


def _sent(response: Response) -> bool:
    return response.status_code < 400


@blueprint.get("")
@requires(Access.PUBLIC)
def index() -> str:
    person, topic = viewer(), request.args.get("topic")
    known = {"name": person.name, "email": person.email} if person else {}
    form = ContactForm(topic=topic if topic in TOPICS else None, **known)
    return render_template("contact/index.html", form=form)


@blueprint.post("")
@requires(Access.PUBLIC)
@limiter.limit("30/hour")
@limiter.limit("5/hour", deduct_when=_sent)
def send() -> str | Response | tuple[str, int]:
    form = ContactForm()
    if form.validate():
        values = {name: form[name].data or "" for name in ("name", "email", "topic", "message")}
        try:
            contact.write(db.session, **values)
        except DomainError as error:
            form.refuse(error, contact_message_missing="message")
        else:
            db.session.commit()
            return redirect(url_for("contact.sent"))
    return render_template("contact/index.html", form=form), 422


@blueprint.get("/sent")
@requires(Access.PUBLIC)
def sent() -> str:
    return render_template("contact/sent.html")


@blueprint.app_template_global()
def contact_topic(topic: str) -> str:
    """The wording of a topic, for the mail."""
    return str(TOPICS.get(topic, topic))
