"""Technologies from a spreadsheet: the file to fill in, the report row by row, the yes to it, and the way back."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answered

from models import TechnologyUpload
from models.base import utc_now
from models.errors import Conflict, DomainError, Invalid
from models.technology_history import UploadState
from network import technology_sheet, technology_words
from network.auth import Access, actor, membership, organisation, requires
from network.errors import message
from network.extensions import db
from network.forms.technologies import SheetForm
from network.indexing import refresh_now
from network.queries import uploads
from network.queries.workspace import head
from network.services import spreadsheets, supply, technology_uploads, upload_plans, versions
from network.services.technology_rows import Vocabulary
from network.uploads import takes_files

blueprint = Blueprint("technology_uploads", __name__, url_prefix="/workspace/<slug>/technologies/uploads")

Answer = str | Answered | tuple[str, int]
LARGEST = 5 * 1024 * 1024


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    return render_template(f"technology_uploads/{template}.html", workspace=workspace, **context)


def _vocabulary() -> Vocabulary:
    return technology_sheet.vocabulary(upload_plans.field_words(db.session))


def _own(upload_id: int) -> TechnologyUpload:
    return technology_uploads.find_upload(db.session, organisation(), upload_id)


def _done(words: str, upload_id: int) -> Answered:
    target = url_for(".detail", slug=organisation().slug, upload_id=upload_id)
    db.session.commit()
    refresh_now()
    flash(words, "success")
    return redirect(target)


def _refused(error: DomainError, upload_id: int) -> Answered:
    """The page of the upload shows how it stands now."""
    target = url_for(".detail", slug=organisation().slug, upload_id=upload_id)
    db.session.rollback()
    flash(message(error), "error")
    return redirect(target)


@blueprint.get("")
@requires(Access.MANAGER, *supply.LISTING)
def index(slug: str) -> Answer:
    return _page("index", form=SheetForm(), uploads=uploads.uploads(db.session, organisation().id))


@blueprint.get("/template.xlsx")
@requires(Access.MANAGER, *supply.LISTING)
def template(slug: str) -> Answer:
    return _file("technologies.xlsx", technology_sheet.template(uploads.field_names(db.session)))


@blueprint.get("/ours.xlsx")
@requires(Access.MANAGER, *supply.LISTING)
def ours(slug: str) -> Answer:
    """What is listed already, to change it in a spreadsheet and send it again."""
    rows = [(t.id, versions.content_of(t)) for t in db.session.scalars(upload_plans.owned(organisation().id))]
    return _file("our-technologies.xlsx", technology_sheet.template(uploads.field_names(db.session), rows))


def _file(name: str, content: bytes) -> Answered:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, content_type=technology_sheet.MEDIA_TYPE, headers=headers)


@blueprint.post("")
@requires(Access.MANAGER, *supply.LISTING)
@takes_files(1)
def check(slug: str) -> Answer:
    form, file = SheetForm(), request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid("file_missing")
        data = file.stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise Invalid("sheet_too_large")
        sheet = spreadsheets.read(data, technology_sheet.headings(), {technology_sheet.DATA})
        upload = technology_uploads.keep_sheet(db.session, actor(), organisation(), file.filename, sheet, now=utc_now())
    except Invalid as error:
        db.session.rollback()
        word = error.details.get("word") or error.details.get("most")
        form.file.errors = [f"{message(error)} ({word})" if word else message(error)]
        return _page("index", form=form, uploads=uploads.uploads(db.session, organisation().id)), 422
    return _done(_("Read. Nothing is written yet: see below what would be done."), upload.id)


@blueprint.get("/<int:upload_id>")
@requires(Access.MANAGER, *supply.LISTING)
def detail(slug: str, upload_id: int) -> Answer:
    upload = _own(upload_id)
    waits = upload.state is UploadState.CHECKED
    plan = technology_uploads.report(db.session, upload, _vocabulary()) if waits else None
    applied = upload.state is UploadState.APPLIED
    blocking = uploads.blocking(technology_uploads.in_the_way(db.session, upload)) if applied else ()
    return _page(
        "detail",
        upload=uploads.upload_detail(db.session, upload),
        plan=plan,
        blocking=blocking,
        words=technology_words,
        heading=technology_sheet.heading,
        problem=technology_words.problem,
    )


@blueprint.post("/<int:upload_id>/apply")
@requires(Access.MANAGER, *supply.LISTING)
def carry_out(slug: str, upload_id: int) -> Answer:
    upload, agreed = _own(upload_id), request.form.get("fingerprint", "")
    publish = request.form.get("publish") == "now"
    try:
        technology_uploads.carry_out(db.session, actor(), upload, _vocabulary(), agreed, publish=publish, now=utc_now())
    except (Conflict, Invalid) as error:
        return _refused(error, upload_id)
    return _done(_("Done. You can undo the whole upload here until something is built on it."), upload_id)


@blueprint.post("/<int:upload_id>/undo")
@requires(Access.MANAGER, *supply.LISTING)
def undo(slug: str, upload_id: int) -> Answer:
    try:
        technology_uploads.undo(db.session, actor(), _own(upload_id), now=utc_now())
    except Conflict as error:
        return _refused(error, upload_id)
    return _done(_("Undone: everything stands as it did before the upload."), upload_id)


@blueprint.post("/<int:upload_id>/discard")
@requires(Access.MANAGER, *supply.LISTING)
def discard(slug: str, upload_id: int) -> Answer:
    try:
        technology_uploads.discard(db.session, actor(), _own(upload_id), now=utc_now())
    except Conflict as error:
        return _refused(error, upload_id)
    return _done(_("Given up. Nothing was written."), upload_id)
