"""The living page of the design system: every token and every part in all its states. For those who build, so not in
production."""

from dataclasses import dataclass, replace
from typing import cast

from flask import Blueprint, abort, current_app, render_template
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from models.texts import Bilingual
from models.types import InterestState, NeedState, OrganisationKind, ProfileState, Provenance, SupplyState
from network.auth import Access, requires
from network.forms.base import Form
from network.i18n import choices, plain
from network.queries.cards import Origin
from network.queries.paging import Page
from network.settings import Settings

blueprint = Blueprint("design", __name__)

COLOURS = {
    "Nền và chữ · Ground and text": ("ink", "ink-soft", "paper", "raised", "mist", "line", "control"),
    "Ngọc · Jade": ("accent", "accent-dark", "accent-mist", "on-accent"),
    "Hồ · The deep": ("deep", "deep-line", "on-deep", "on-deep-soft", "bright", "bright-hover", "on-bright"),
    "Ý nghĩa · Meanings": (
        *("gold", "gold-mist", "red", "red-mist", "green", "green-mist"),
        *("violet", "violet-mist", "blue", "blue-mist", "found", "focus"),
    ),
    "Gạch · Tiles": (
        *(
            "tile-ground",
            "tile-centre",
            "tile-centre-light",
            "tile-enterprise",
            "tile-enterprise-light",
            "tile-startup",
        ),
        *("tile-startup-light", "tile-institute", "tile-institute-light", "tile-partner", "tile-partner-light"),
    ),
}

MARKED = {
    OrganisationKind.CENTRE: ("Bèo Tây", "Nhật Tân", "Long Biên", "Đông Ngạc", "Hoà Lạc", "Cầu Đơ", "Kẻ Sặt", "Bưởi"),
    OrganisationKind.ENTERPRISE: (
        "Sơn Ca",
        "Minh Khai",
        "Đại Mỗ",
        "Phú Diễn",
        "Thanh Trì",
        "Mỗ Lao",
        "Vạn Phúc",
        "Xốm",
    ),
    OrganisationKind.STARTUP: ("Triều Cống", "Gió Mùa", "Ổ Cắm", "Rơm", "Bồ Câu", "Sen Đá", "Mưa Rào", "Ngõ Nhỏ"),
    OrganisationKind.INSTITUTE: (
        "Giang Khê",
        "Bách Thảo",
        "Xuân Thuỷ",
        "Láng",
        "Nghĩa Tân",
        "Đại La",
        "Kim Mã",
        "Ngọc Hà",
    ),
    OrganisationKind.PARTNER: (
        "Lạc Thị",
        "Hàng Bạc",
        "Tràng Thi",
        "Cửa Nam",
        "Yên Phụ",
        "Quán Sứ",
        "Ô Đống Mác",
        "Kẻ Mơ",
    ),
}

LONG = Bilingual(
    "Nhờ những người kiểm nghiệm giỏi, thiết bị đo độ ẩm của chúng tôi vượt qua cả đợt nồm ẩm kỷ lục: Ễ Ậ Ở Ự Ỗ, "
    "nghiêng ngả, khuỷu tay, ngoằn ngoèo – dấu chồng dấu mà không chữ nào bị cắt mất.",
    "Thanks to the people who test so well, our humidity meters came through the dampest weeks on record; a sentence "
    "of this length, with a counterinterdisciplinarily-hyphenated word in it, must still break where there is room.",
)
LONG_NAME = Bilingual(
    "Trung tâm Nghiên cứu, Ươm tạo và Chuyển giao Công nghệ Xử lý Nước thải Làng nghề thuộc Liên hiệp các Hội Khoa học",
    "Centre for Research, Incubation and Transfer of Waste-Water Technology for Craft Villages of the Union of "
    "Associations",
)
PLAIN_ORIGIN = Origin(Provenance.SELF_DECLARED, False, Bilingual(), ())


class SampleForm(Form):
    """A form with one field of every sort; names and words are those of the page's own samples."""

    name = StringField("Tên · Name", validators=[InputRequired()])
    wrong = StringField("Thư điện tử · E-mail", validators=[InputRequired()], description="ten@example.org")
    off = StringField("Không đổi được · Cannot be changed", render_kw={"disabled": True})
    kind = SelectField("Loại · Kind")
    day = DateField("Đến ngày · Needed by")
    about = TextAreaField("Mô tả · Description", description="Hai, ba câu là đủ. · Two or three sentences will do.")
    state = RadioField("Tình trạng · State")
    agreed = BooleanField("Tôi đồng ý · I agree")


@dataclass(frozen=True)
class Sample:
    """A bilingual caption and what it shows."""

    name: Bilingual
    origin: Origin


def _form() -> SampleForm:
    form = SampleForm(
        formdata=None, data={"name": "Bèo Tây", "wrong": "ten@", "off": "0101234567", "state": "published"}
    )
    form.kind.choices = choices(OrganisationKind)
    form.state.choices = choices(SupplyState)
    form.wrong.errors = [
        plain(Bilingual("Viết đủ địa chỉ, có @ và tên miền.", "Write the whole address, with a domain."))
    ]
    return form


@blueprint.get("/design")
@requires(Access.PUBLIC)
def index() -> str:
    if cast(Settings, current_app.config["SETTINGS"]).production:
        abort(404)
    origins = [
        Sample(Bilingual(en=str(provenance.value)), replace(PLAIN_ORIGIN, provenance=provenance, uncertain=uncertain))
        for provenance, uncertain in (
            *((provenance, False) for provenance in (Provenance.ILLUSTRATIVE, Provenance.PUBLIC_SOURCE)),
            (Provenance.PUBLIC_SOURCE, True),
        )
    ]
    return render_template(
        "design/index.html",
        colours=COLOURS,
        marked=MARKED,
        states=(*NeedState, *InterestState, *ProfileState, *Provenance),
        origins=origins,
        long=LONG,
        long_name=LONG_NAME,
        form=_form(),
        amounts=(9000, 9 * 10**12, 1_500_000),
        days=("2025-12-25", "2025-12", "2026-01-12", "2026-01-14", "2026-02-01"),
        page=Page((), 5, 20, 400),
        B=Bilingual,
    )
