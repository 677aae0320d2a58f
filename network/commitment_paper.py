"""The commitment of support as a document: filled from what both sides have stated here, with its gaps named."""

from collections.abc import Iterator

from flask_babel import gettext as _

from network.formatting import day
from network.i18n import label, language, plain
from network.queries.commitments import CommitmentRow, Side
from network.report_words import to_fill_in
from network.word import Block, Heading, Signatures, Strong, Table


def title(row: CommitmentRow) -> str:
    return str(_("Commitment of support for %(name)s", name=plain(row.startup.reference.name)))


def blocks(row: CommitmentRow) -> Iterator[Block]:
    """Of one that was granted."""
    yield Strong(plain(row.centre.reference.name))
    yield _("Hanoi, %(date)s", date=day(row.settled_at))
    yield Heading(title(row))
    if row.illustrative:
        yield Strong(_("Illustrative example"))
    yield _(
        "Decree 268/2025, article 35: a startup counts as innovative with an investment or with a commitment of "
        "support from a centre, and with a potential to grow by 20 % two years running. This paper is such a "
        "commitment. It says nothing about growth, which the startup shows by other papers."
    )
    yield Heading(_("The two sides"), 2)
    yield Table(("", _("The centre"), _("The startup")), _sides(row))
    yield Heading(_("What the centre commits to"), 2)
    commits, code = row.commits.pick(language())
    yield from (line for line in commits.splitlines() if line.strip())
    if code != language():
        yield _("The centre has written this in one language only.")
    yield Heading(_("From when until when"), 2)
    yield _("From %(first)s until %(last)s.", first=day(row.starts_on), last=day(row.ends_on))
    yield Heading(_("How it came about"), 2)
    yield _(
        "The startup asked on %(asked)s, the centre granted it on %(granted)s.",
        asked=day(row.asked_at),
        granted=day(row.settled_at),
    )
    yield _("Entries marked by dots are not known to this site; fill them in by hand before you sign.")
    yield Signatures(
        (_("For the centre (name, position, signature, seal)"), _("For the startup (name, position, signature)"))
    )


def _sides(row: CommitmentRow) -> tuple[tuple[str, ...], ...]:
    sides = row.centre, row.startup
    known: dict[str, list[str | None]] = {
        _("Name"): [plain(side.reference.name) for side in sides],
        _("Address"): [side.address for side in sides],
        _("Website"): [side.website for side in sides],
        _("Founded in"): [str(side.founded_year) if side.founded_year else None for side in sides],
        _("Who invests, or stage"): [_standing(side) for side in sides],
        _("Number of the business registration or founding decision"): [None, None],
        _("Represented by (name, position)"): [None, None],
    }
    return tuple((name, *(value or to_fill_in() for value in values)) for name, values in known.items())


def _standing(side: Side) -> str:
    return label(side.investor or side.stage)
