"""The first page, which is one question and its answer, and the page about the network."""

from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.base import utc_now
from models.texts import Language
from network.auth import Access, requires, viewer
from network.extensions import db, engine
from network.formatting import today
from network.i18n import language
from network.queries import home
from network.queries.suggestions import MAX_LENGTH, SHOWN, Answer, answer

blueprint = Blueprint("home", __name__)

FEW_WORDS = 3

EXAMPLES: dict[str, tuple[tuple[Language, str], ...]] = {
    "vi": (
        ("vi", "Cần phòng thí nghiệm đo độ bền và chứng nhận cho thiết bị y tế"),
        ("vi", "Nhóm ba người có bản chạy thử, tìm nơi ươm tạo và người cố vấn"),
        ("vi", "tim cong nghe xu ly nuoc thai cho lang nghe"),
        ("en", "A district or a company to try our air sensors for three months"),
    ),
    "en": (
        ("en", "A laboratory to test and certify a medical device"),
        ("en", "A team of three with a prototype looks for incubation and a mentor"),
        ("en", "Technology to clean the waste water of a craft village"),
        ("vi", "Tìm nơi cho chạy thử cảm biến không khí trong ba tháng"),
    ),
}
"""Questions to start from; the last one of each shows that the other language is understood as well."""


@dataclass(frozen=True)
class Asked:
    """A question as typed. `answer` is None when there is nothing to answer, or too much."""

    text: str
    answer: Answer | None

    @property
    def too_long(self) -> bool:
        return len(self.text) > MAX_LENGTH

    @property
    def short(self) -> bool:
        return self.answer is not None and len(self.text.split()) < FEW_WORDS


def _ask(text: str) -> Asked:
    text = text.strip()
    if not text or len(text) > MAX_LENGTH:
        return Asked(text, None)
    return Asked(text, answer(db.session, engine(), text, viewer(), SHOWN, on=today()))


@blueprint.get("/")
@requires(Access.PUBLIC)
def index() -> str:
    asked = _ask(request.args.get("q", ""))
    front = home.front(db.session, viewer(), today=today(), now=utc_now())
    examples = EXAMPLES[language()]
    return render_template("home/index.html", asked=asked, front=front, examples=examples, limit=MAX_LENGTH)


@blueprint.get("/suggestions")
@requires(Access.PUBLIC)
def suggestions() -> Response:
    """The answer alone, while one types; opened by itself it leads to the full page."""
    text = request.args.get("q", "")
    page = url_for("home.index", q=text or None)
    if "HX-Request" not in request.headers:
        return redirect(page)
    response = make_response(render_template("home/_suggestions.html", asked=_ask(text), limit=MAX_LENGTH, live=True))
    response.headers["HX-Replace-Url"] = page
    return response


@blueprint.get("/about")
@requires(Access.PUBLIC)
def about() -> str:
    return render_template("home/about.html")
