"""Documents of the own organisation: the list, putting one up, who reads it, replacing and deleting it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models.base import utc_now
from models.documents import DocumentLevel
from models.errors import Conflict, Invalid
from network.auth import Access, actor, membership, organisation, requires
from network.extensions import db, limiter
from network.forms.documents import DescribeForm, NewDocumentForm, ReplaceForm
from network.queries import documents as queries
from network.queries.workspace import head
from network.services import documents
from network.uploads import download, store, takes_files, uploads

blueprint = Blueprint("documents", __name__, url_prefix="/workspace/<slug>/documents")

Answer = str | Response | tuple[str, int]
FIELDS = {"document_kind_missing": "kind", "document_level_missing": "level", "file_missing": "file"}


def _page(template: str, **context: Any) -> str:
    workspace = head(db.session, organisation(), membership())
    levels = list(DocumentLevel)
    return render_template(f"documents/{template}.html", workspace=workspace, levels=levels, **context)


def _row(document_id: int) -> queries.DocumentRow:
    return queries.own_document(db.session, actor(), organisation().id, document_id)


def _done(words: str) -> Response:
    target = url_for(".index", slug=organisation().slug)
    db.session.commit()
    flash(words, "success")
    return redirect(target)


@blueprint.get("")
@requires(Access.MEMBER)
def index(slug: str) -> Answer:
    return _page("index", documents=queries.documents(db.session, actor(), organisation().id))


@blueprint.get("/new")
@requires(Access.MANAGER)
def new(slug: str) -> Answer:
    return _page("new", form=NewDocumentForm())


@blueprint.post("/new")
@requires(Access.MANAGER)
@limiter.limit("60/hour")
@takes_files(1)
def add(slug: str) -> Answer:
    form = NewDocumentForm()
    if form.validate():
        try:
            (file,) = uploads([form.file.data]) or (None,)
            documents.add_document(
                db.session,
                actor(),
                organisation(),
                form.kind.data,
                form.title.data or "",
                form.level.data,
                file,
                store=store(),
                now=utc_now(),
            )
        except (Invalid, Conflict) as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(_("The document is kept."))
    form.forget_files()
    return _page("new", form=form), 422


@blueprint.get("/<int:document_id>/file")
@requires(Access.MEMBER)
def file(slug: str, document_id: int) -> Response:
    """The newest version, or with `version` an earlier one."""
    number = request.args.get("version", None, int)
    found = queries.own_file(db.session, actor(), organisation().id, document_id, number)
    return download(found.name, found.media_type, found.stored)


@blueprint.get("/<int:document_id>/edit")
@requires(Access.MANAGER)
def edit(slug: str, document_id: int) -> Answer:
    row = _row(document_id)
    return _page("edit", form=DescribeForm.of(row), row=row)


@blueprint.post("/<int:document_id>/edit")
@requires(Access.MANAGER)
def describe(slug: str, document_id: int) -> Answer:
    form = DescribeForm()
    if form.validate():
        document = documents.find_own(db.session, organisation(), document_id)
        kind, level = form.kind.data, form.level.data
        documents.describe_document(db.session, actor(), document, kind, form.title.data or "", level, now=utc_now())
        return _done(_("The changes are saved."))
    return _page("edit", form=form, row=_row(document_id)), 422


@blueprint.get("/<int:document_id>/replace")
@requires(Access.MANAGER)
def replace(slug: str, document_id: int) -> Answer:
    return _page("replace", form=ReplaceForm(), row=_row(document_id))


@blueprint.post("/<int:document_id>/replace")
@requires(Access.MANAGER)
@limiter.limit("60/hour")
@takes_files(1)
def replace_now(slug: str, document_id: int) -> Answer:
    form = ReplaceForm()
    if form.validate():
        try:
            (file,) = uploads([form.file.data]) or (None,)
            document = documents.find_own(db.session, organisation(), document_id)
            documents.replace_file(db.session, actor(), document, file, store=store(), now=utc_now())
        except Invalid as error:
            form.refuse(error, **FIELDS)
        else:
            return _done(_("Readers get the new file from now on. The earlier one is kept for your organisation."))
    form.forget_files()
    return _page("replace", form=form, row=_row(document_id)), 422


@blueprint.get("/<int:document_id>/delete")
@requires(Access.MANAGER)
def delete(slug: str, document_id: int) -> Answer:
    return _page("delete", row=_row(document_id))


@blueprint.post("/<int:document_id>/delete")
@requires(Access.MANAGER)
def delete_now(slug: str, document_id: int) -> Answer:
    document = documents.find_own(db.session, organisation(), document_id)
    documents.delete_document(db.session, actor(), document, now=utc_now())
    return _done(_("The document is deleted, with all its versions."))
