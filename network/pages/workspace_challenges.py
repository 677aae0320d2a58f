"""An organisation's own challenges: the list, writing one, its answers, and its end."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import Challenge
from models.base import utc_now
from models.errors import Conflict, DomainError, Invalid
from network.auth import Access, actor, membership, organisation, requires
from network.errors import message
from network.extensions import db
from network.formatting import today
from network.forms.challenges import ChallengeForm, CloseChallengeForm
from network.queries import challenges as queries
from network.queries.workspace import head
from network.services import challenges

blueprint = Blueprint("workspace_challenges", __name__, url_prefix="/workspace/<slug>/challenges")

Answer = str | Response | tuple[str, int]
FIELDS = {
    "title_missing": "title_vi",
    "problem_missing": "problem_vi",
    "languages_apart": "problem_vi",
    "wanted_missing": "wanted_vi",
    "date_past": "answer_by",
    "no_answer_accepted": "result",
}


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"workspace_challenges/{template}.html", workspace=workspace, **context)


def _own(challenge_id: int) -> Challenge:
    return challenges.find_own(db.session, organisation(), challenge_id)


def _done(challenge_id: int | None, words: str) -> Response:
    slug = organisation().slug
    if challenge_id is None:
        target = url_for(".index", slug=slug)
    else:
        target = url_for(".detail", slug=slug, challenge_id=challenge_id)
    db.session.commit()
    flash(words, "success")
    return redirect(target)


@blueprint.get("")
@requires(Access.MEMBER)
def index(slug: str) -> Answer:
    number = request.args.get("page", 1, int)
    return _page("index", page=queries.own_challenges(db.session, organisation().id, number, today=today()))


@blueprint.get("/new")
@requires(Access.MEMBER)
def new(slug: str) -> Answer:
    return _page("edit", form=ChallengeForm.of(db.session), entry=None)


@blueprint.post("/new")
@requires(Access.MEMBER)
def create(slug: str) -> Answer:
    form = ChallengeForm.of(db.session)
    if form.validate():
        try:
            made = challenges.create_challenge(db.session, actor(), organisation(), form.values(), now=utc_now())
        except DomainError as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(made.id, _("The draft is saved. Publish it when it is ready."))
    return _page("edit", form=form, entry=None), 422


@blueprint.get("/<int:challenge_id>")
@requires(Access.MEMBER)
def detail(slug: str, challenge_id: int) -> Answer:
    own, answers = queries.own_challenge(db.session, organisation().id, challenge_id, today=today())
    return _page("detail", own=own, card=own.card, answers=answers)


@blueprint.get("/<int:challenge_id>/edit")
@requires(Access.MEMBER)
def edit(slug: str, challenge_id: int) -> Answer:
    challenge = _own(challenge_id)
    entry = {"id": challenge.id, "title": challenge.title}
    return _page("edit", form=ChallengeForm.of(db.session, challenge), entry=entry)


@blueprint.post("/<int:challenge_id>/edit")
@requires(Access.MEMBER)
def update(slug: str, challenge_id: int) -> Answer:
    challenge, form = _own(challenge_id), ChallengeForm.of(db.session)
    if form.validate():
        try:
            challenges.update_challenge(db.session, actor(), challenge, form.values(), now=utc_now())
        except Invalid as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(challenge_id, _("The changes are saved."))
    return _page("edit", form=form, entry={"id": challenge.id, "title": challenge.title}), 422


@blueprint.post("/<int:challenge_id>/publish")
@requires(Access.MANAGER)
def publish(slug: str, challenge_id: int) -> Answer:
    return _step(challenge_id, challenges.publish_challenge, _("The challenge is published. Anybody may answer it."))


@blueprint.post("/<int:challenge_id>/unpublish")
@requires(Access.MANAGER)
def unpublish(slug: str, challenge_id: int) -> Answer:
    return _step(challenge_id, challenges.unpublish_challenge, _("The challenge is a draft again."))


def _step(challenge_id: int, step: Callable[..., Challenge], words: str) -> Response:
    """One step along the states. A refusal is told on the page of the challenge, where it can be mended."""
    challenge = _own(challenge_id)
    try:
        step(db.session, actor(), challenge, now=utc_now())
    except (Invalid, Conflict) as error:
        flash(message(error), "error")
        return redirect(url_for(".detail", slug=organisation().slug, challenge_id=challenge_id))
    return _done(challenge_id, words)


@blueprint.get("/<int:challenge_id>/close")
@requires(Access.MANAGER)
def close(slug: str, challenge_id: int) -> Answer:
    return _close_page(challenge_id, CloseChallengeForm())


@blueprint.post("/<int:challenge_id>/close")
@requires(Access.MANAGER)
def close_now(slug: str, challenge_id: int) -> Answer:
    challenge, form = _own(challenge_id), CloseChallengeForm()
    if form.validate():
        try:
            challenges.close_challenge(db.session, actor(), challenge, form.result.data, form.outcome, now=utc_now())
        except (Invalid, Conflict) as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(challenge_id, _("The challenge is closed."))
    return _close_page(challenge_id, form), 422


def _close_page(challenge_id: int, form: CloseChallengeForm) -> str:
    own, _answers = queries.own_challenge(db.session, organisation().id, challenge_id, today=today())
    return _page("close", form=form, own=own)


@blueprint.post("/<int:challenge_id>/delete")
@requires(Access.MEMBER)
def delete(slug: str, challenge_id: int) -> Answer:
    challenges.delete_challenge(db.session, actor(), _own(challenge_id), now=utc_now())
    return _done(None, _("The draft is deleted."))
