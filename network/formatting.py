"""Numbers, money, dates and addresses as readers of each language write them. Registered as Jinja filters."""

from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import format_date, format_decimal, gettext, ngettext

from models.base import utc_now
from models.taxonomy import DISTRICTS
from network.i18n import language, plain

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def today() -> date:
    """The day it is in Hanoi."""
    return utc_now().astimezone(HANOI).date()


def day(value: date | datetime | None) -> str:
    """25/12/2025 or 25 December 2025, by the calendar of Hanoi."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(HANOI).date()
    return str(format_date(value, "dd/MM/yyyy" if language() == "vi" else "d MMMM yyyy"))


def iso_day(value: str | None) -> str:
    """The day of a moment kept as ISO text, as mails keep theirs."""
    return day(datetime.fromisoformat(value)) if value else ""


def partial_date(value: str | None) -> str:
    """A date of a source as far as it is known: '2025', '2025-12' or '2025-12-25'."""
    if not value:
        return ""
    parts = value.split("-")
    if len(parts) == 3:
        return day(date(*map(int, parts)))
    if len(parts) == 2:
        month = date(int(parts[0]), int(parts[1]), 1)
        return str(format_date(month, "MM/yyyy" if language() == "vi" else "MMMM yyyy"))
    return value


def number(value: int | float) -> str:
    return str(format_decimal(value))


def money(vnd: int | None) -> str:
    """An amount in Vietnamese dong in words of its size: '1,5 tỷ đồng', 'VND 1.5 billion'."""
    if vnd is None:
        return ""
    for size, in_vietnamese, in_english in ((10**9, "tỷ đồng", "billion"), (10**6, "triệu đồng", "million")):
        if vnd >= size:
            amount = number(round(vnd / size, 2))
            return f"{amount} {in_vietnamese}" if language() == "vi" else f"VND {amount} {in_english}"
    return f"{number(vnd)} đồng" if language() == "vi" else f"VND {number(vnd)}"


def clock(value: datetime) -> str:
    """14:30, by the clock of Hanoi."""
    return value.astimezone(HANOI).strftime("%H:%M")


def month_short(value: datetime) -> str:
    """The month as on a leaf of a calendar: 'Thg 1', 'Jan'."""
    return str(format_date(value.astimezone(HANOI).date(), "MMM")).capitalize()


def day_number(value: datetime) -> str:
    return str(value.astimezone(HANOI).day)


def long_day(value: datetime) -> str:
    """'Thứ Ba, 12/01/2027' or 'Tuesday 12 January 2027', by the calendar of Hanoi."""
    day_there = value.astimezone(HANOI).date()
    return str(format_date(day_there, "EEEE, dd/MM/yyyy" if language() == "vi" else "EEEE d MMMM yyyy"))


def moment(value: datetime | str) -> str:
    """'Thứ Ba, 12/01/2027, 14:30', by calendar and clock of Hanoi. Also for a moment as mails carry it."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{long_day(found)}, {clock(found)}"


def span(starts_at: datetime | str, ends_at: datetime | str) -> str:
    """From when to when, with the day named once where it is the same. Also for moments as mails carry them."""
    first, last = (datetime.fromisoformat(m) if isinstance(m, str) else m for m in (starts_at, ends_at))
    if first.astimezone(HANOI).date() == last.astimezone(HANOI).date():
        return f"{long_day(first)}, {clock(first)}–{clock(last)}"
    return f"{long_day(first)}, {clock(first)} – {long_day(last)}, {clock(last)}"


def days_left(deadline: datetime, now: datetime) -> str:
    """'3 days left', 'due today' or '2 days late', by the calendar of Hanoi."""
    days = (deadline.astimezone(HANOI).date() - now.astimezone(HANOI).date()).days
    if days > 0:
        return str(ngettext("%(num)d day left", "%(num)d days left", days))
    if days == 0 and deadline > now:
        return str(gettext("due today"))
    return str(ngettext("%(num)d day late", "%(num)d days late", max(1, -days)))


def days_since(moment: datetime, now: datetime) -> str:
    """'since today' or 'for 3 days', by the calendar of Hanoi."""
    days = (now.astimezone(HANOI).date() - moment.astimezone(HANOI).date()).days
    return str(ngettext("for %(num)d day", "for %(num)d days", days) if days > 0 else gettext("since today"))


def district(code: str | None) -> str:
    return plain(DISTRICTS[code]) if code in DISTRICTS else ""


def site_of(url: str) -> str:
    """The host of an address, to name a source briefly."""
    return urlsplit(url).netloc.removeprefix("www.")


def percent(share: float) -> str:
    return f"{round(share * 100)} %" if language() == "en" else f"{round(share * 100)}%"


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        day=day,
        iso_day=iso_day,
        partial_date=partial_date,
        number=number,
        money=money,
        clock=clock,
        month_short=month_short,
        day_number=day_number,
        long_day=long_day,
        moment=moment,
        span=span,
        days_left=days_left,
        days_since=days_since,
        district=district,
        site_of=site_of,
        percent=percent,
    )
