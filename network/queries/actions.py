"""Action programmes: the list with how far each is, one in full, and all of them in a few numbers."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models import ActionProgramme, Milestone, Output
from models.actions import ActionState, CapitalSource, MilestoneState
from models.errors import NotFound
from models.texts import Bilingual
from models.types import Provenance
from network.queries.cards import Origin, origin
from network.queries.co_investment import Money, money
from network.queries.facets import Criteria, Facet, Listing, Narrowing, equals, has_words
from network.queries.paging import paginate

HELD_UP = (MilestoneState.LATE, MilestoneState.ESCALATED, MilestoneState.PASSED_ON)
PAGE_SIZE = 20


@dataclass(frozen=True, kw_only=True)
class ActionCriteria(Criteria):
    state: ActionState | None = None


@dataclass(frozen=True)
class OutputRow:
    title: Bilingual
    unit: Bilingual
    target: int
    reached: int
    as_of: date | None

    @property
    def share(self) -> float:
        """Of the target; above 1 where more was reached."""
        return self.reached / self.target


@dataclass(frozen=True)
class MilestoneRow:
    """`state` is late from the day after `due_on`, also before the clock has written it down."""

    title: Bilingual
    due_on: date
    state: MilestoneState
    done_on: date | None
    obstacle: Bilingual
    escalated_on: date | None
    decision: Bilingual
    decided_on: date | None


@dataclass(frozen=True)
class ActionRow:
    """`held_up` are the milestones that are late, wait for a decision, or lie with a higher authority."""

    id: int
    title: Bilingual
    office: Bilingual
    breakthrough: Bilingual
    goal: Bilingual
    state: ActionState
    drop_reason: Bilingual
    starts_on: date
    ends_on: date
    outputs: tuple[OutputRow, ...]
    milestones: tuple[MilestoneRow, ...]
    origin: Origin

    @property
    def share(self) -> float:
        """The mean over the outputs, none of which counts for more than its target."""
        return sum(min(1.0, o.share) for o in self.outputs) / len(self.outputs) if self.outputs else 0.0

    @property
    def held_up(self) -> tuple[MilestoneRow, ...]:
        if self.state is not ActionState.RUNNING:
            return ()
        return tuple(m for m in self.milestones if m.state in HELD_UP)

    @property
    def next(self) -> MilestoneRow | None:
        """The next thing to come."""
        coming = (MilestoneState.OPEN, MilestoneState.SETTLED)
        return next((m for m in self.milestones if m.state in coming), None)


@dataclass(frozen=True)
class ActionDetail:
    row: ActionRow
    money: Money


@dataclass(frozen=True)
class Summary:
    """All programmes in numbers. `reached` outputs have met their target; `invented` says whether all are examples."""

    programmes: int
    running: int
    outputs: int
    reached: int
    held_up: int
    invented: bool


def _milestone(m: Milestone, today: date) -> MilestoneRow:
    waiting = m.state in (MilestoneState.OPEN, MilestoneState.SETTLED)
    state = MilestoneState.LATE if waiting and m.due_on < today else m.state
    return MilestoneRow(m.title, m.due_on, state, m.done_on, m.obstacle, m.escalated_on, m.decision, m.decided_on)


def _due(p: ActionProgramme, today: date) -> date:
    """The day before which open milestones count as late. In a programme that is not running nobody is late."""
    return today if p.state is ActionState.RUNNING else date.min


def _row(p: ActionProgramme, today: date) -> ActionRow:
    on = _due(p, today)
    return ActionRow(
        p.id,
        p.title,
        p.office,
        p.breakthrough,
        p.goal,
        p.state,
        p.drop_reason,
        p.starts_on,
        p.ends_on,
        tuple(OutputRow(o.title, o.unit, o.target, o.reached, o.as_of) for o in p.outputs),
        tuple(_milestone(m, on) for m in p.milestones),
        origin(p),
    )


def listing(session: Session, criteria: ActionCriteria, number: int, *, today: date) -> Listing[ActionRow]:
    """Six statements, however many there are. Running programmes come first, then those that end soonest."""
    narrowing = Narrowing(
        session,
        ActionProgramme,
        {
            "q": has_words(ActionProgramme.folded, criteria.q),
            "state": equals(ActionProgramme.state, criteria.state),
            "provenance": equals(ActionProgramme.provenance, criteria.provenance),
        },
    )
    rank = sa.case({state.value: n for n, state in enumerate(ActionState)}, value=ActionProgramme.state)
    found = (
        sa.select(ActionProgramme)
        .where(*narrowing.where())
        .options(selectinload(ActionProgramme.outputs), selectinload(ActionProgramme.milestones))
        .order_by(rank, ActionProgramme.ends_on, ActionProgramme.id)
    )
    page = paginate(session, found, number, lambda p: _row(p, today), PAGE_SIZE)
    facets: tuple[Facet, ...] = (
        narrowing.words("state", ActionProgramme.state, ActionState, criteria.state),
        narrowing.words("provenance", ActionProgramme.provenance, Provenance, criteria.provenance),
    )
    return Listing(criteria, page, facets)


def action(session: Session, action_id: int, *, today: date) -> ActionDetail:
    """Four statements. Raises NotFound."""
    load = (ActionProgramme.outputs, ActionProgramme.milestones, ActionProgramme.contributions)
    found = sa.select(ActionProgramme).where(ActionProgramme.id == action_id).options(*map(selectinload, load))
    programme = session.scalar(found)
    if programme is None:
        raise NotFound
    return ActionDetail(_row(programme, today), money(programme.contributions))


@dataclass(frozen=True)
class Heading:
    """Enough to edit it; `planned` says that everything may still change."""

    id: int
    title: Bilingual
    planned: bool


def heading(programme: ActionProgramme) -> Heading:
    return Heading(programme.id, programme.title, programme.state is ActionState.PLANNED)


@dataclass(frozen=True)
class ContributionRow:
    id: int
    source: CapitalSource
    promised_vnd: int
    paid_vnd: int
    as_of: date
    origin_illustrative: bool


@dataclass(frozen=True)
class ActionDesk:
    """A programme for those who follow it: its milestones and outputs with their numbers, and its money by source."""

    row: ActionRow
    milestones: tuple[tuple[int, MilestoneRow], ...]
    outputs: tuple[tuple[int, OutputRow], ...]
    money: tuple[ContributionRow, ...]

    @property
    def finishable(self) -> bool:
        unsettled = (MilestoneState.OPEN, MilestoneState.LATE, MilestoneState.ESCALATED)
        return self.row.state is ActionState.RUNNING and not any(m.state in unsettled for _, m in self.milestones)


def desk(session: Session, action_id: int, *, today: date) -> ActionDesk:
    """Four statements. Raises NotFound."""
    load = (ActionProgramme.outputs, ActionProgramme.milestones, ActionProgramme.contributions)
    found = sa.select(ActionProgramme).where(ActionProgramme.id == action_id).options(*map(selectinload, load))
    programme = session.scalar(found)
    if programme is None:
        raise NotFound
    row = _row(programme, today)
    return ActionDesk(
        row,
        tuple((m.id, shown) for m, shown in zip(programme.milestones, row.milestones, strict=True)),
        tuple((o.id, shown) for o, shown in zip(programme.outputs, row.outputs, strict=True)),
        tuple(
            ContributionRow(
                c.id, c.source, c.promised_vnd, c.paid_vnd, c.as_of, c.provenance is Provenance.ILLUSTRATIVE
            )
            for c in programme.contributions
        ),
    )


def summary(session: Session, *, today: date) -> Summary:
    """Three statements."""
    running = ActionProgramme.state == ActionState.RUNNING
    count, number_running, real = session.execute(
        sa.select(
            sa.func.count(),
            sa.func.count().filter(running),
            sa.func.count().filter(ActionProgramme.provenance != Provenance.ILLUSTRATIVE),
        ).select_from(ActionProgramme)
    ).one()
    outputs, reached = session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(Output.reached >= Output.target)).select_from(Output)
    ).one()
    waiting = Milestone.state.in_((MilestoneState.OPEN, MilestoneState.SETTLED))
    held_up = sa.or_(Milestone.state.in_(HELD_UP), sa.and_(waiting, Milestone.due_on < today))
    number = sa.select(sa.func.count()).select_from(Milestone).join(Milestone.programme).where(running, held_up)
    return Summary(count, number_running, outputs, reached, session.scalar(number) or 0, count > 0 and not real)


def outputs(session: Session) -> tuple[tuple[Output, ActionProgramme], ...]:
    """Every output with its programme, for the download. One statement."""
    found = sa.select(Output).options(joinedload(Output.programme)).order_by(Output.programme_id, Output.id)
    return tuple((o, o.programme) for o in session.scalars(found))


def milestones(session: Session, *, today: date) -> tuple[tuple[MilestoneRow, ActionProgramme], ...]:
    """Every milestone with its programme, for the download. One statement."""
    found = sa.select(Milestone).options(joinedload(Milestone.programme))
    ordered = found.order_by(Milestone.programme_id, Milestone.due_on, Milestone.id)
    return tuple((_milestone(m, _due(m.programme, today)), m.programme) for m in session.scalars(ordered))
