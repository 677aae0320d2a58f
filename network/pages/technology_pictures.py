"""The pictures of a technology: adding, describing, choosing the first, taking away."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import Technology
from models.base import utc_now
from models.errors import Conflict, Invalid, NotPermitted
from models.texts import LANGUAGES, Bilingual
from models.types import SupplyState
from network.auth import Access, actor, is_manager, membership, organisation, requires
from network.errors import message
from network.extensions import db
from network.forms.technologies import PictureForm
from network.queries.technology_facts import picture_ref
from network.queries.workspace import head
from network.services import pictures, supply
from network.uploads import takes_files

blueprint = Blueprint("technology_pictures", __name__, url_prefix="/workspace/<slug>/technologies/<int:technology_id>")

Answer = str | Response | tuple[str, int]


def _own(technology_id: int) -> Technology:
    return supply.find_own(db.session, Technology, organisation(), technology_id)


def _page(technology_id: int, form: PictureForm) -> str:
    entry = _own(technology_id)
    return render_template(
        "technology_pictures/index.html",
        workspace=head(db.session, organisation(), membership()),
        entry={"id": entry.id, "title": entry.title, "state": entry.state},
        pictures=[picture_ref(picture) for picture in entry.pictures],
        may_write=is_manager() or entry.state is SupplyState.DRAFT,
        room=len(entry.pictures) < pictures.MOST_PICTURES,
        most=pictures.MOST_PICTURES,
        form=form,
    )


def _done(technology_id: int, words: str) -> Response:
    target = url_for(".index", slug=organisation().slug, technology_id=technology_id)
    db.session.commit()
    flash(words, "success")
    return redirect(target)


@blueprint.get("/pictures")
@requires(Access.MEMBER, *supply.LISTING)
def index(slug: str, technology_id: int) -> Answer:
    return _page(technology_id, PictureForm())


@blueprint.post("/pictures")
@requires(Access.MEMBER, *supply.LISTING)
@takes_files(1)
def add(slug: str, technology_id: int) -> Answer:
    form, entry = PictureForm(), _own(technology_id)
    form.validate()
    if not form.file.data:
        form.refuse(Invalid("file_missing"), file_missing="file")
    if not form.errors:
        data = form.file.data.stream.read(pictures.LARGEST_FILE + 1)
        try:
            added = pictures.add_picture(db.session, actor(), entry, data, form.alt(), now=utc_now())
        except (Invalid, Conflict, NotPermitted) as error:
            db.session.rollback()
            form.refuse(error, **{error.code: "file"})
        else:
            return _done(technology_id, _added(added.described))
    return _page(technology_id, form), 422


def _added(described: bool) -> str:
    if described:
        return str(_("The picture is added."))
    return str(_("The picture is kept. Say in both languages what is to be seen on it: then others see it too."))


def _changed(technology_id: int, change: Callable[[Technology], Any], words: str) -> Response:
    """Members change drafts only: on what is published the page says so."""
    try:
        change(_own(technology_id))
    except NotPermitted as error:
        db.session.rollback()
        flash(message(error), "error")
        return redirect(url_for(".index", slug=organisation().slug, technology_id=technology_id))
    return _done(technology_id, words)


@blueprint.post("/pictures/<int:picture_id>/describe")
@requires(Access.MEMBER, *supply.LISTING)
def describe(slug: str, technology_id: int, picture_id: int) -> Answer:
    alt = Bilingual(*(request.form.get(f"alt_{code}") or None for code in LANGUAGES))
    words = _("The description is saved.") if alt.vi and alt.en else _added(described=False)

    def change(entry: Technology) -> None:
        pictures.describe_picture(db.session, actor(), entry, picture_id, alt, now=utc_now())

    return _changed(technology_id, change, words)


@blueprint.post("/pictures/<int:picture_id>/first")
@requires(Access.MEMBER, *supply.LISTING)
def first(slug: str, technology_id: int, picture_id: int) -> Answer:
    def change(entry: Technology) -> None:
        pictures.move_first(db.session, actor(), entry, picture_id, now=utc_now())

    return _changed(technology_id, change, _("The picture stands first now."))


@blueprint.post("/pictures/<int:picture_id>/remove")
@requires(Access.MEMBER, *supply.LISTING)
def remove(slug: str, technology_id: int, picture_id: int) -> Answer:
    def change(entry: Technology) -> None:
        pictures.remove_picture(db.session, actor(), entry, picture_id, now=utc_now())

    return _changed(technology_id, change, _("The picture is gone."))
