"""The yearly report of a centre in words: the same sections for the page and for the document."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from models.types import OrganisationKind
from network.formatting import day, money, number
from network.i18n import label, plain
from network.queries.yearly_report import Way, YearlyReport
from network.word import Block, Heading, Signatures, Strong, Table

NONE = "–"
LEVELS: dict[str, tuple[int, int, int]] = {
    "staff": (7, 15, 30),
    "enterprises": (10, 30, 50),
    "startups": (10, 10, 30),
    "revenue": (5 * 10**9, 10 * 10**9, 50 * 10**9),
}
"""What an innovation centre, a provincial and a national one need at least: Decree 268/2025, articles 29 to 31."""


@dataclass(frozen=True)
class Section:
    """`rows` as long as `head`. `none` is said where there are no rows."""

    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    none: str = ""


def title(report: YearlyReport) -> str:
    return str(_("Yearly report %(year)s of %(name)s", year=report.year, name=plain(report.centre)))


def remarks(report: YearlyReport) -> tuple[str, ...]:
    """What a reader has to know before the figures."""
    first, last = day(report.until.replace(month=1, day=1)), day(report.until)
    found = [_("Counted from %(first)s to %(last)s, from what was done on this site.", first=first, last=last)]
    if not report.complete:
        found.append(_("The year still runs: the figures grow until its end."))
    due = day(report.until.replace(year=report.year + 1, month=3, day=31))
    found.append(
        _(
            "Decree 268/2025, article 66: a centre reports for this year before %(date)s, in form IV.4.1. This paper "
            "gathers what that form asks for. Compare it with the form in force before you sign.",
            date=due,
        )
    )
    return tuple(map(str, found))


def sections(report: YearlyReport) -> tuple[Section, ...]:
    return (
        _criteria(report),
        _served(report),
        _programmes(report),
        _support(report),
        _outcomes(report),
        _answers(report),
        _gaps(report),
    )


def blocks(report: YearlyReport) -> Iterator[Block]:
    """The report as a document."""
    yield Strong(plain(report.centre))
    yield Heading(title(report))
    if report.illustrative:
        yield Strong(_("Illustrative example"))
    yield from remarks(report)
    for section in sections(report):
        yield Heading(section.title, 2)
        if section.note:
            yield section.note
        yield Table(section.head, section.rows) if section.rows else section.none
    yield Signatures((_("Prepared by"), _("Head of the centre (signature, seal)")))


def _criteria(report: YearlyReport) -> Section:
    counted = {
        "staff": (_("Permanent staff"), report.staff),
        "enterprises": (_("Enterprises served in the year"), report.enterprises),
        "startups": (_("Startups trained in the year"), report.startups_trained),
        "revenue": (_("Direct revenue in the year"), None),
    }
    rows = tuple(
        (name, to_fill_in() if value is None else number(value), *(_least(key, level, value) for level in LEVELS[key]))
        for key, (name, value) in counted.items()
    )
    return Section(
        _("Criteria of articles 29 to 31"),
        _(
            "An organisation counts as served when in the year a request between it and the centre was accepted, its "
            "team was in a cohort, a mentor gave it hours, or an outcome was confirmed by both sides. Startups count "
            "apart from enterprises, and as trained through a cohort, mentor hours or a confirmed incubation. What was "
            "done outside this site comes on top. The staff is what your profile says today."
        ),
        (
            _("Criterion"),
            _("Counted here"),
            _("Innovation centre"),
            _("Provincial centre"),
            _("National centre"),
        ),
        rows,
    )


def _least(key: str, least: int, value: int | None) -> str:
    amount = money(least) if key == "revenue" else number(least)
    if value is None:
        return str(_("at least %(least)s", least=amount))
    if value >= least:
        return str(_("at least %(least)s: reached", least=amount))
    return str(_("at least %(least)s: %(missing)s to go", least=amount, missing=number(least - value)))


def way_name(way: Way) -> str:
    names = {
        Way.TALK: _("request accepted"),
        Way.COHORT: _("cohort"),
        Way.HOURS: _("mentor hours"),
        Way.INCUBATED: _("confirmed incubation"),
        Way.OUTCOME: _("confirmed outcome"),
    }
    return str(names[way])


def _served(report: YearlyReport) -> Section:
    kinds = [kind for kind in OrganisationKind if report.number(kind)]
    counts = ", ".join(f"{label(kind)}: {number(report.number(kind))}" for kind in kinds)
    rows = tuple(
        (plain(s.name), label(s.kind), ", ".join(way_name(way) for way in Way if way in s.ways))
        for kind in kinds
        for s in report.served
        if s.kind is kind
    )
    return Section(
        _("Who was served"),
        counts,
        (_("Organisation"), _("Kind"), _("How")),
        rows,
        _("Nobody was served through this site in this time."),
    )


def _programmes(report: YearlyReport) -> Section:
    rows = tuple(
        (
            f"{plain(call.programme)}, {plain(call.name)}",
            number(call.applied),
            number(call.accepted),
            number(call.capacity),
        )
        for call in report.calls
    )
    return Section(
        _("Programmes and applications"),
        "",
        (_("Call"), _("Applications in the year"), _("Of these accepted"), _("Places")),
        rows,
        _("No call was open in this time."),
    )


def _support(report: YearlyReport) -> Section:
    cohorts = sum(1 for s in report.served if Way.COHORT in s.ways)
    events = tuple(
        (
            label(event.kind),
            ngettext("%(num)s event", "%(num)s events", event.number),
            ngettext("%(num)s person registered", "%(num)s people registered", event.registered),
        )
        for event in report.events
    )
    teams = ngettext("%(num)s team", "%(num)s teams", report.mentored)
    mentors = ngettext("%(num)s mentor", "%(num)s mentors", report.mentors)
    hours = number(round(report.minutes / 60, 2))
    return Section(
        _("Incubation, mentoring, events"),
        "",
        (_("What"), _("How much"), _("For whom, by whom")),
        (
            (_("Teams in cohorts"), number(cohorts), NONE),
            (_("Commitments of support granted"), number(report.commitments), NONE),
            (
                _("Mentor hours"),
                _("%(hours)s h", hours=hours),
                f"{teams}, {mentors}",
            ),
            *events,
        ),
    )


def _outcomes(report: YearlyReport) -> Section:
    rows = tuple((label(o.kind), number(o.number), money(o.value_vnd) or NONE) for o in report.outcomes)
    return Section(
        _("Outcomes that both sides confirmed"),
        _("By the day on which they happened. The value is that of the outcomes that name one."),
        (_("Outcome"), _("Number"), _("Value")),
        rows,
        _("No outcome of this time is confirmed."),
    )


def _answers(report: YearlyReport) -> Section:
    found = report.answers
    took = NONE if found.median_days is None else _days(found.median_days)
    return Section(
        _("Requests to the centre and their answers"),
        "",
        (_("What"), _("Number")),
        (
            (_("Requests received in the year"), number(found.received)),
            (_("Of these answered"), number(found.answered)),
            (_("Of these answered in time"), number(found.in_time)),
            (_("Time to the answer, median"), took),
        ),
    )


def _days(value: float) -> str:
    return str(_("%(days)s days", days=number(round(value, 1))))


def _gaps(report: YearlyReport) -> Section:
    profile = () if report.staff is not None else ((_("Permanent staff"), _("not stated in the profile")),)
    gaps = (
        *profile,
        (_("Share of staff with a university degree"), _("not asked for by the profile")),
        (_("Direct revenue in the year, and where it came from"), _("no accounts are kept here")),
        (_("Facilities and equipment, and changes in the year"), _("kept as text in the profile")),
        (_("Support given without this site"), _("not known here")),
        (_("Difficulties and proposals"), _("for the centre to say")),
        (_("Plan for the year that follows"), _("for the centre to say")),
    )
    return Section(
        _("To be filled in by hand"),
        _("This site does not know the following, and does not guess."),
        (_("What"), _("Why it is missing"), _("To fill in")),
        tuple((what, why, to_fill_in()) for what, why in gaps),
    )


def to_fill_in() -> str:
    return "……………"
