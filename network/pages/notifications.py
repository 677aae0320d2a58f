"""Notices: the list, what each leads to, how each kind comes by mail, and the way out that every mail names.

Opening the page that a notice is about reads the notice, whatever way one came.
"""

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Redirect

from models.base import utc_now
from models.errors import NotFound
from models.notices import MailChoice, NoticeKind
from network.auth import Access, actor, requires, safe_next, viewer
from network.extensions import csrf, db
from network.forms.notifications import NoticeForm, TurnOffForm, notice_form
from network.links import read_unsubscribe
from network.notices import words_or_none
from network.queries import notifications as queries
from network.services import notifications

blueprint = Blueprint("notifications", __name__)

Answer = str | Redirect | tuple[str, int]


@blueprint.app_template_global("unread")
def unread() -> int:
    """The number in the head of every page. Counted with the look at who is signed in."""
    count: int = g.get("unread", 0)
    return count


@blueprint.before_app_request
def _about_this_page() -> None:
    """Notices that lead to the page now opened do not count any more. Asks nothing when nothing is unread."""
    pages = [f"{name}:{value}" for name, value in (request.view_args or {}).items() if name.endswith("_id")]
    person = viewer() if pages and request.method == "GET" else None
    if person is None or not unread():
        return
    here = queries.unread_about(db.session, person.id, pages)
    if here:
        g.unread, g.read_with_page = unread() - here, (person.id, pages)


@blueprint.after_app_request
def _read_with_page(response: Response) -> Response:
    """Only once the page has been shown, and in a writing transaction of its own."""
    found = g.pop("read_with_page", None)
    if found and response.status_code == 200:
        db.session.rollback()
        db.session.connection(execution_options={"writes": True})
        notifications.read_about(db.session, *found, now=utc_now())
        db.session.commit()
    return response


@blueprint.get("/notifications")
@requires(Access.SIGNED_IN)
def index() -> str:
    unread_only = request.args.get("show") == "unread"
    page = queries.listing(db.session, actor().id, request.args.get("page", 1, int), unread_only=unread_only)
    rows = [(row, words_or_none(row.template, row.context)) for row in page.items]
    return render_template("notifications/index.html", page=page, rows=rows, unread_only=unread_only)


@blueprint.get("/notifications/<int:notification_id>")
@requires(Access.SIGNED_IN)
def follow(notification_id: int) -> Redirect:
    """Leads to the matter and reads the notice: a safe thing to do twice, or ahead of the reader."""
    person_id = actor().id
    db.session.rollback()
    db.session.connection(execution_options={"writes": True})
    found = notifications.read(db.session, person_id, notification_id, now=utc_now())
    words = words_or_none(found.template, found.context)
    db.session.commit()
    return redirect((words and safe_next(words.path)) or url_for(".index"))


@blueprint.post("/notifications/<int:notification_id>/read")
@requires(Access.SIGNED_IN)
def read(notification_id: int) -> Redirect:
    notifications.read(db.session, actor().id, notification_id, now=utc_now())
    db.session.commit()
    return _back()


@blueprint.post("/notifications/read")
@requires(Access.SIGNED_IN)
def read_all() -> Redirect:
    until = request.form.get("until", type=int)
    number = notifications.read_all(db.session, actor(), until=until, now=utc_now())
    db.session.commit()
    flash(ngettext("%(num)d notice marked as read.", "%(num)d notices marked as read.", number), "success")
    return redirect(url_for(".index"))


def _back() -> Redirect:
    return redirect(safe_next(request.form.get("next")) or url_for(".index"))


@blueprint.get("/notifications/settings")
@requires(Access.SIGNED_IN)
def settings() -> str:
    chosen = queries.choices_of(db.session, actor())
    form = notice_form(chosen, **{kind.value: choice.value for kind, choice in chosen.items()})
    return _settings_page(form)


def _settings_page(form: NoticeForm) -> str:
    return render_template("notifications/settings.html", form=form, mail_choices=list(MailChoice))


@blueprint.post("/notifications/settings")
@requires(Access.SIGNED_IN)
def choose() -> Answer:
    form = notice_form(queries.kinds_for(actor()))
    if not form.validate():
        return _settings_page(form), 422
    notifications.choose(db.session, actor(), form.choices(), now=utc_now())
    db.session.commit()
    flash(_("Your choice is saved."), "success")
    return redirect(url_for(".settings"))


def _signed(token: str) -> tuple[int, tuple[NoticeKind, ...]]:
    read_token = read_unsubscribe(token)
    if read_token is None:
        raise NotFound("unsubscribe_unknown")
    return read_token


@blueprint.get("/unsubscribe/<token>")
@requires(Access.PUBLIC)
def unsubscribe(token: str) -> str:
    """Changes nothing yet: mail scanners follow links."""
    _user_id, kinds = _signed(token)
    return render_template("notifications/unsubscribe.html", token=token, kinds=kinds, form=TurnOffForm(), done=None)


@csrf.exempt
@blueprint.post("/unsubscribe/<token>")
@requires(Access.PUBLIC)
def unsubscribe_now(token: str) -> str:
    """Also the one click of a mail program (RFC 8058). It knows no forgery token: the signed address is the proof."""
    user_id, kinds = _signed(token)
    choice = MailChoice.DAILY if request.form.get("choice") == MailChoice.DAILY else MailChoice.OFF
    notifications.turn_off(db.session, user_id, kinds, choice, now=utc_now())
    db.session.commit()
    return render_template("notifications/unsubscribe.html", token=token, kinds=kinds, form=TurnOffForm(), done=choice)
