"""Saved searches: what a person has the site look out for, what it found, how often it tells, how to stop it."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from models import SavedSearch
from models.alerts import SearchKind
from models.base import utc_now
from models.errors import Conflict, Invalid
from network.auth import Access, actor, requires
from network.extensions import db, engine
from network.forms.saved_searches import NewsForm, QuestionForm, SearchForm
from network.i18n import label
from network.queries import saved_searches as queries
from network.queries.new_entries import LISTS
from network.services import saved_searches
from network.stopping import read_stop

blueprint = Blueprint("saved_searches", __name__, url_prefix="/saved-searches")

Answer = str | Response | tuple[str, int]


def _done(words: str, **values: Any) -> Response:
    db.session.commit()
    flash(words, "success")
    return redirect(url_for(".detail", **values) if values else url_for(".index"))


@blueprint.get("")
@requires(Access.SIGNED_IN)
def index() -> Answer:
    found = queries.overview(db.session, actor())
    form = NewsForm(frequency=found.news.value) if found.news else None
    return render_template(
        "saved_searches/index.html", overview=found, form=form, fits=engine().policy(db.session).threshold
    )


@blueprint.post("/news")
@requires(Access.SIGNED_IN)
def news() -> Answer:
    form = NewsForm()
    if not form.validate():
        abort(422)
    saved_searches.choose_news(db.session, actor(), form.chosen, now=utc_now())
    return _done(_("Saved. The next mail follows your choice."))


def _list() -> tuple[SearchKind, dict[str, str]] | None:
    """The narrowed list that the address names, if it names one."""
    args = request.args.to_dict()
    value = args.pop("list", "")
    if value not in {kind.value for kind in LISTS}:
        return None
    kind = SearchKind(value)
    return kind, LISTS[kind][2].read(args).without("sort")


@blueprint.get("/new")
@requires(Access.SIGNED_IN)
def new() -> Answer:
    """A list as it stands in the address, or a question: `q`, or what was typed on the first page."""
    chosen = _list()
    if chosen:
        kind, criteria = chosen
        name = ": ".join(filter(None, (label(kind), criteria.get("q"))))
        return _form_page(SearchForm(data={"name": name}), chosen)
    text = request.args.get("q") or (session.get("question", "") if "carried" in request.args else "")
    return _form_page(QuestionForm(data={"text": text[:2000], "name": " ".join(text.split())[:60]}), None)


@blueprint.post("/new")
@requires(Access.SIGNED_IN)
def create() -> Answer:
    chosen, now = _list(), utc_now()
    form: Any = SearchForm() if chosen else QuestionForm()
    if form.validate():
        try:
            if chosen:
                saved = saved_searches.save_list(db.session, actor(), form.name.data, *chosen, form.chosen, now=now)
            else:
                saved = saved_searches.save_question(
                    db.session, actor(), form.name.data, form.text.data, form.kinds, form.chosen, now=now
                )
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            return _done(_("Saved. What is new and fits will stand here."), search_id=saved.id)
    return _form_page(form, chosen), 422


def _form_page(form: SearchForm, chosen: tuple[SearchKind, dict[str, str]] | None) -> str:
    kind, criteria = chosen or (SearchKind.QUESTION, {})
    words = queries.described(db.session, kind, criteria) if chosen else ()
    return render_template("saved_searches/new.html", form=form, kind=kind, criteria=criteria, words=words)


@blueprint.get("/<int:search_id>")
@requires(Access.SIGNED_IN)
def detail(search_id: int) -> Answer:
    search = saved_searches.find_own(db.session, actor(), search_id)
    return _detail(search, SearchForm(data={"name": search.name, "frequency": search.frequency.value}))


def _detail(search: SavedSearch, form: SearchForm) -> str:
    found = queries.hits(db.session, actor(), search, request.args.get("page", 1, int))
    question = search.kind is SearchKind.QUESTION
    return render_template(
        "saved_searches/detail.html",
        row=queries.search_row(search),
        words=() if question else queries.described(db.session, search.kind, search.criteria),
        page=found,
        form=form,
        fits=engine().policy(db.session).threshold,
    )


@blueprint.post("/<int:search_id>")
@requires(Access.SIGNED_IN)
def update(search_id: int) -> Answer:
    search, form = saved_searches.find_own(db.session, actor(), search_id), SearchForm()
    if not form.validate():
        return _detail(search, form), 422
    saved_searches.update_search(db.session, actor(), search, form.name.data, form.chosen, now=utc_now())
    return _done(_("The changes are saved."), search_id=search_id)


@blueprint.post("/<int:search_id>/delete")
@requires(Access.SIGNED_IN)
def delete(search_id: int) -> Answer:
    search = saved_searches.find_own(db.session, actor(), search_id)
    saved_searches.delete_search(db.session, actor(), search, now=utc_now())
    return _done(_("The saved search is deleted."))


@blueprint.get("/stop/<token>")
@requires(Access.PUBLIC)
def stop(token: str) -> Answer:
    """Asks first: mail programs open links by themselves."""
    name = queries.name_of(db.session, _signed(token))
    return render_template("saved_searches/stop.html", token=token, name=name, done=False)


@blueprint.post("/stop/<token>")
@requires(Access.PUBLIC)
def stop_now(token: str) -> Answer:
    search = saved_searches.stop_search(db.session, _signed(token), now=utc_now())
    name = search.name if search else None
    db.session.commit()
    return render_template("saved_searches/stop.html", token=token, name=name, done=True)


def _signed(token: str) -> int:
    found = read_stop(token)
    if found is None:
        abort(404)
    return found
