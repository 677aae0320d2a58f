"""Numbers, money, dates and hosts as each language writes them, by the calendar and the clock of Hanoi."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from network import formatting
from network.i18n import speaking

LATE_EVENING_UTC = datetime(2026, 12, 31, 18, 30, tzinfo=UTC)
"""Half past one in the morning of New Year's Day in Hanoi."""


@pytest.mark.parametrize(
    ("write", "value", "vietnamese", "english"),
    [
        (formatting.day, date(2025, 12, 25), "25/12/2025", "25 December 2025"),
        (formatting.day, LATE_EVENING_UTC, "01/01/2027", "1 January 2027"),
        (formatting.day, None, "", ""),
        (formatting.iso_day, "2026-12-31T18:30:00+00:00", "01/01/2027", "1 January 2027"),
        (formatting.partial_date, "2025", "2025", "2025"),
        (formatting.partial_date, "2025-03", "03/2025", "March 2025"),
        (formatting.partial_date, "2025-03-09", "09/03/2025", "9 March 2025"),
        (formatting.long_day, LATE_EVENING_UTC, "Thứ Sáu, 01/01/2027", "Friday 1 January 2027"),
        (formatting.clock, LATE_EVENING_UTC, "01:30", "01:30"),
        (formatting.number, 1234567, "1.234.567", "1,234,567"),
        (formatting.number, 65.68, "65,68", "65.68"),
        (formatting.percent, 0.782, "78%", "78 %"),
        (formatting.money, None, "", ""),
        (formatting.money, 0, "0 đồng", "VND 0"),
        (formatting.money, 950_000, "950.000 đồng", "VND 950,000"),
        (formatting.money, 80_000_000, "80 triệu đồng", "VND 80 million"),
        (formatting.money, 1_500_000_000, "1,5 tỷ đồng", "VND 1.5 billion"),
        (formatting.money, 9_000_000_000_000, "9.000 tỷ đồng", "VND 9,000 billion"),
    ],
)
def test_each_language_writes_it_its_own_way(
    app: Flask, write: Callable[[Any], str], value: Any, vietnamese: str, english: str
) -> None:
    with app.app_context():
        with speaking("vi"):
            assert write(value) == vietnamese
        with speaking("en"):
            assert write(value) == english


@pytest.mark.parametrize(
    ("hours", "vietnamese", "english"),
    [
        (2, "Thứ Sáu, 01/01/2027, 01:30–03:30", "Friday 1 January 2027, 01:30–03:30"),
        (
            30,
            "Thứ Sáu, 01/01/2027, 01:30 – Thứ Bảy, 02/01/2027, 07:30",
            "Friday 1 January 2027, 01:30 – Saturday 2 January 2027, 07:30",
        ),
    ],
)
def test_from_when_to_when(app: Flask, hours: int, vietnamese: str, english: str) -> None:
    end = LATE_EVENING_UTC + timedelta(hours=hours)
    with app.app_context():
        with speaking("vi"):
            assert formatting.span(LATE_EVENING_UTC, end) == vietnamese
        with speaking("en"):
            assert formatting.span(LATE_EVENING_UTC, end) == english


@pytest.mark.parametrize(
    ("days", "vietnamese", "english"),
    [
        (2, "còn 2 ngày", "2 days left"),
        (1, "còn 1 ngày", "1 day left"),
        (0, "đến hạn hôm nay", "due today"),
        (-1, "trễ 1 ngày", "1 day late"),
        (-3, "trễ 3 ngày", "3 days late"),
    ],
)
def test_how_long_there_is(app: Flask, days: int, vietnamese: str, english: str) -> None:
    now = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    deadline = now + timedelta(days=days, hours=1)
    with app.app_context():
        with speaking("vi"):
            assert formatting.days_left(deadline, now) == vietnamese
        with speaking("en"):
            assert formatting.days_left(deadline, now) == english
