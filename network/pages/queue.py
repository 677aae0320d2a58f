"""The queue of a centre: everything that waits for it, decided one by one or several at once, with the keyboard alone.

Deciding is a page of its own that says what will happen. Each decision is a transaction: one that is refused keeps
none of the others. After one, the page goes on at the next row; after several, `result` tells how each stands.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models.base import utc_now
from models.errors import DomainError, NotFound
from models.types import DeclineReason, OrganisationKind
from network.auth import Access, actor, membership, organisation, requires
from network.errors import refusal
from network.extensions import db
from network.formatting import today
from network.forms.interests import AcceptForm, DeclineForm
from network.queries import queue as queries
from network.queries.interests import find as find_interest
from network.queries.queue import ANSWERED, DECIDED_HERE, SIZE, Key, Keys, Kind, Step
from network.queries.queue_rows import QueueRow, rows
from network.queries.workspace import head
from network.services import challenges, interests, matches

blueprint = Blueprint("queue", __name__, url_prefix="/workspace/<slug>/queue")

Answer = str | Response | tuple[str, int]
CENTRE = OrganisationKind.CENTRE


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"queue/{template}.html", workspace=workspace, here=_here(), now=utc_now(), **context)


def _here() -> dict[str, Any]:
    """The page of the queue one is on, or came from, as arguments of addresses."""
    kind, number = _kind(), request.values.get("page", 1, int)
    place: dict[str, Any] = {"kind": kind.value} if kind else {}
    return {"slug": organisation().slug, **place, **({"page": number} if number > 1 else {})}


def _keys(values: Iterable[str]) -> list[Key]:
    """What was chosen, as far as it can be decided here: once each, no more than stands on a page."""
    read = (Key.read(value) for value in values)
    return list(dict.fromkeys(key for key in read if key and key.kind in DECIDED_HERE))[:SIZE]


def _kind() -> Kind | None:
    return next((kind for kind in Kind if kind.value == request.values.get("kind")), None)


def _waiting() -> Keys:
    number = request.values.get("page", 1, int)
    return queries.keys(db.session, actor(), organisation().id, _kind(), number, today=today())


def _rows(keys: Sequence[Key]) -> tuple[QueueRow, ...]:
    return rows(db.session, actor(), organisation(), keys, now=utc_now())


def _back(at: Key | None = None) -> str:
    """The page of the queue one came from, at a row of it."""
    return url_for(".index", **_here(), _anchor=f"row-{at}" if at else None)


@blueprint.get("")
@requires(Access.MANAGER, CENTRE)
def index(slug: str) -> Answer:
    found, kind = _waiting(), _kind()
    return _page("index", found=found, rows=_rows(found.page.items), kind=kind, all="all" in request.args)


@blueprint.get("/decide")
@requires(Access.MANAGER, CENTRE)
def decide(slug: str) -> Answer:
    keys = _keys(request.args.getlist("item"))
    return _decide_page(keys, None) if keys else _nothing_ticked()


def _nothing_ticked() -> Response:
    flash(_("Tick at least one request, answer or suggestion first."), "error")
    return redirect(_back())


@blueprint.post("/decide")
@requires(Access.MANAGER, CENTRE)
def decide_now(slug: str) -> Answer:
    keys = _keys(request.form.getlist("item"))
    if not keys:
        return _nothing_ticked()
    form = _form(keys)
    if not form.validate():
        return _decide_page(keys, form), 422
    at, step = _waiting().next_to(keys), _step()
    db.session.rollback()
    refused = {key: code for key in keys if (code := _try(key, step, form))}
    if len(keys) != 1:
        told = [f"{key}.{code}" for key, code in refused.items()]
        chosen = [str(key) for key in keys]
        return redirect(url_for(".result", **_here(), item=chosen, refused=told, at=str(at or "")))
    if refused:
        flash(refusal(refused[keys[0]]), "error")
    else:
        flash(_done_words(keys[0].kind, step), "success")
    return redirect(_back(at))


@blueprint.get("/result")
@requires(Access.MANAGER, CENTRE)
def result(slug: str) -> Answer:
    """How each of several stands after they were decided, and why some could not be."""
    keys = _keys(request.args.getlist("item"))
    told = (entry.partition(".") for entry in request.args.getlist("refused"))
    refused = {name: refusal(code) for name, _dot, code in told}
    at = Key.read(request.args.get("at", ""))
    return _page("result", rows=_rows(keys), refused=refused, number=len(keys), back=_back(at))


def _step() -> Step:
    return Step.ACCEPT if request.values.get("step") == Step.ACCEPT.value else Step.DECLINE


def _decide_page(keys: Sequence[Key], form: AcceptForm | DeclineForm | None) -> str:
    found = _rows(keys)
    open_ = queries.still_waiting(db.session, actor(), organisation().id, keys, today=today())
    chosen = tuple(row for row in found if row.key in open_)
    counts = {kind: sum(row.key.kind is kind for row in chosen) for kind in DECIDED_HERE}
    return _page(
        "decide",
        rows=chosen,
        counts=counts,
        left=len(keys) - len(chosen),
        form=form or _form([row.key for row in chosen]),
        step=_step(),
        back=_back(keys[0] if len(keys) == 1 else None),
    )


def _form(keys: Iterable[Key]) -> AcceptForm | DeclineForm:
    """Words only where somebody reads them."""
    form = AcceptForm() if _step() is Step.ACCEPT else DeclineForm()
    if not any(key.kind in ANSWERED for key in keys):
        del form.reply
        if isinstance(form, DeclineForm):
            form.reason.description = _("Only you read it. It improves the next suggestions.")
    return form


def _try(key: Key, step: Step, form: AcceptForm | DeclineForm) -> str | None:
    """Decides one in a transaction of its own. The code of the refusal, if it was refused."""
    words = form.reply.data or "" if "reply" in form else ""
    reason = DeclineReason(form.reason.data) if isinstance(form, DeclineForm) else None
    try:
        db.session.connection(execution_options={"writes": True})  # models.base.open_sqlite
        _decide(key, step, reason, words)
    except DomainError as error:
        db.session.rollback()
        return error.code
    db.session.commit()
    return None


def _decide(key: Key, step: Step, reason: DeclineReason | None, words: str) -> None:
    own, now = organisation(), utc_now()
    accepted = step is Step.ACCEPT
    match key.kind:
        case Kind.INTEREST:
            interest = find_interest(db.session, own.id, key.id)
            if accepted:
                interests.accept_interest(db.session, actor(), interest, words, now=now)
            else:
                interests.decline_interest(db.session, actor(), interest, reason, words, now=now)
        case Kind.ANSWER:
            answer = challenges.find_answer(db.session, own, key.id)
            if accepted:
                challenges.accept_answer(db.session, actor(), answer, words, now=now)
            else:
                challenges.decline_answer(db.session, actor(), answer, reason, words, now=now)
        case _:
            if matches.owner_of(matches.find(db.session, actor(), key.id)) != own.id:
                raise NotFound
            if accepted:
                matches.shortlist(db.session, actor(), key.id, now=now)
            else:
                matches.dismiss(db.session, actor(), key.id, reason, now=now)


def _done_words(kind: Kind, step: Step) -> str:
    if kind is Kind.MATCH:
        words = _("On the shortlist.") if step is Step.ACCEPT else _("Set aside. You can bring it back under Matches.")
    elif step is Step.ACCEPT:
        words = _("Accepted. The other side has been told.")
    else:
        words = _("Declined. The other side reads your reason.")
    return str(words)
