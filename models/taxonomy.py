"""Fields of research and development: the OECD classification with its Vietnamese codes, and the districts of Hanoi."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, bilingual
from models.texts import Bilingual


class Field(Base):
    """`code` has one digit for a broad field and three for a field; `parent_code` is its first digit."""

    __tablename__ = "field"

    code: Mapped[str] = mapped_column(sa.String(3), primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("field.code"))
    name: Mapped[Bilingual] = bilingual("name")


def field_links(table: str) -> Table:
    """The association table between the entries of `table` and their fields."""
    return Table(
        f"{table}_field",
        Base.metadata,
        Column(f"{table}_id", ForeignKey(f"{table}.id", ondelete="CASCADE"), primary_key=True),
        Column("field_code", ForeignKey("field.code"), primary_key=True, index=True),
    )


DISTRICTS: dict[str, Bilingual] = {
    code: Bilingual(vi, en)
    for code, vi, en in (
        ("ba-dinh", "Ba Đình", "Ba Dinh"),
        ("hoan-kiem", "Hoàn Kiếm", "Hoan Kiem"),
        ("hai-ba-trung", "Hai Bà Trưng", "Hai Ba Trung"),
        ("dong-da", "Đống Đa", "Dong Da"),
        ("tay-ho", "Tây Hồ", "Tay Ho"),
        ("cau-giay", "Cầu Giấy", "Cau Giay"),
        ("thanh-xuan", "Thanh Xuân", "Thanh Xuan"),
        ("hoang-mai", "Hoàng Mai", "Hoang Mai"),
        ("long-bien", "Long Biên", "Long Bien"),
        ("nam-tu-liem", "Nam Từ Liêm", "Nam Tu Liem"),
        ("bac-tu-liem", "Bắc Từ Liêm", "Bac Tu Liem"),
        ("ha-dong", "Hà Đông", "Ha Dong"),
        ("son-tay", "Sơn Tây", "Son Tay"),
        ("gia-lam", "Gia Lâm", "Gia Lam"),
        ("dong-anh", "Đông Anh", "Dong Anh"),
        ("soc-son", "Sóc Sơn", "Soc Son"),
        ("me-linh", "Mê Linh", "Me Linh"),
        ("dan-phuong", "Đan Phượng", "Dan Phuong"),
        ("hoai-duc", "Hoài Đức", "Hoai Duc"),
        ("quoc-oai", "Quốc Oai", "Quoc Oai"),
        ("thach-that", "Thạch Thất – Hòa Lạc", "Thach That – Hoa Lac"),
        ("chuong-my", "Chương Mỹ", "Chuong My"),
        ("thanh-oai", "Thanh Oai", "Thanh Oai"),
        ("thuong-tin", "Thường Tín", "Thuong Tin"),
        ("phu-xuyen", "Phú Xuyên", "Phu Xuyen"),
        ("ung-hoa", "Ứng Hòa", "Ung Hoa"),
        ("my-duc", "Mỹ Đức", "My Duc"),
        ("ba-vi", "Ba Vì", "Ba Vi"),
        ("phuc-tho", "Phúc Thọ", "Phuc Tho"),
        ("thanh-tri", "Thanh Trì", "Thanh Tri"),
    )
}
"""Areas of Hanoi by the names of the districts before the reform of July 2025, which people still use."""
