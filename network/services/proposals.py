"""Who should get the places of a call: worked out from the reviews, changed in single cases, then decided at once.

Candidates are the applications under review whose mean reaches the pass mark. `matching.allocate` gives the places and
the order of the waiting list; what the manager has fixed is kept. Among equal points the one sent earlier comes first.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import Application, Call, Cohort, Review, User
from models.applications import ApplicationState, Verdict
from models.audit import record
from models.calls import CallState
from models.errors import Conflict, Invalid
from models.reviews import ReviewState
from models.scorecards import mean, total
from models.states import CALL, move
from models.types import DeclineReason
from network.services import permits
from network.services.admissions import NOTE_LENGTH, decide
from network.services.intake import count, impartial, lock, record_call, runner, today

EARLIER = 1e-6
"""What being sent earlier is worth in points: less than any difference between two means."""


@dataclass(frozen=True)
class Proposed:
    """`verdict` is None while nobody has reviewed the application; `place` is that on the waiting list."""

    application_id: int
    number: int
    score: float | None
    reviews: int
    verdict: Verdict | None
    place: int | None
    fixed: Verdict | None
    reason: DeclineReason | None
    note: str | None


@dataclass(frozen=True)
class Limit:
    """The capacity or the minimum of the call: reached, or with `by` not to be kept by so many places."""

    bound: str
    value: int
    by: int = 0


@dataclass(frozen=True)
class Proposal:
    """`rows`: the accepted by points, the waiting list in its order, the others. `binds` are the limits that decide,
    `broken` those that what is fixed, or the lack of candidates, does not keep. `digest` names exactly this proposal.
    """

    rows: tuple[Proposed, ...]
    capacity: int
    minimum: int
    binds: tuple[Limit, ...]
    broken: tuple[Limit, ...]

    def of(self, verdict: Verdict | None) -> tuple[Proposed, ...]:
        return tuple(row for row in self.rows if row.verdict == verdict)

    @property
    def too_many(self) -> bool:
        return any(limit.bound == "capacity" for limit in self.broken)

    @property
    def unreviewed(self) -> tuple[Proposed, ...]:
        return self.of(None)

    @property
    def without_reason(self) -> tuple[Proposed, ...]:
        return tuple(row for row in self.of(Verdict.REJECTED) if row.reason is None)

    @property
    def ready(self) -> bool:
        """Whether all can be decided as proposed."""
        return not (self.too_many or self.unreviewed or self.without_reason)

    @property
    def digest(self) -> str:
        content = [(r.application_id, r.verdict, r.place, r.reason, r.note) for r in self.rows]
        return hashlib.sha256(json.dumps([self.capacity, content]).encode()).hexdigest()[:32]


def propose(session: Session, call: Call) -> Proposal:
    """The proposal as things stand. The same reviews and fixed decisions give the same proposal. Three statements."""
    found = sa.select(Application).where(
        Application.call_id == call.id, Application.state == ApplicationState.UNDER_REVIEW
    )
    applications = list(session.scalars(found.order_by(Application.number)))
    totals = totals_of(session, call, [a.id for a in applications])
    scores = {a.id: mean(totals.get(a.id, ())) for a in applications}
    fixed = {a.id: a.fixed for a in applications if a.fixed is not None}
    candidates = [a.id for a in applications if a.id in fixed or (scores[a.id] or 0) >= call.pass_mark]
    taken, waiting, binds, broken = _allocated(candidates, scores, fixed, call)
    places = {id_: n for n, id_ in enumerate(waiting, 1)}

    def verdict(a: Application) -> Verdict | None:
        if a.id in taken:
            return Verdict.ACCEPTED
        if a.id in places:
            return Verdict.WAITLISTED
        return None if scores[a.id] is None and a.id not in fixed else Verdict.REJECTED

    rows = [
        Proposed(
            a.id,
            a.number or 0,
            scores[a.id],
            len(totals.get(a.id, ())),
            verdict(a),
            places.get(a.id),
            a.fixed,
            a.planned_reason if verdict(a) is Verdict.REJECTED else None,
            a.planned_note,
        )
        for a in applications
    ]
    order = {v: n for n, v in enumerate(Verdict)}
    rows.sort(key=lambda r: (order[r.verdict] if r.verdict else len(order), r.place or 0, -(r.score or 0), r.number))
    return Proposal(tuple(rows), call.capacity, call.minimum, binds, broken)


def totals_of(session: Session, call: Call, application_ids: Iterable[int]) -> dict[int, list[float]]:
    """What each submitted scorecard comes to, by application. Two statements."""
    weights = {c.id: c.weight for c in call.criteria}
    submitted = (
        sa.select(Review)
        .where(Review.application_id.in_(list(application_ids)), Review.state == ReviewState.SUBMITTED)
        .options(joinedload(Review.scores))
        .order_by(Review.id)
    )
    totals: dict[int, list[float]] = {}
    for review in session.scalars(submitted).unique():
        value = total({s.criterion_id: s.points for s in review.scores}, weights)
        if value is not None:
            totals.setdefault(review.application_id, []).append(value)
    return totals


def _allocated(
    candidates: list[int], scores: Mapping[int, float | None], fixed: Mapping[int, Verdict], call: Call
) -> tuple[set[int], list[int], tuple[Limit, ...], tuple[Limit, ...]]:
    """Who is taken, who waits in which order, what binds, and what cannot be kept."""
    import numpy as np
    import scipy.sparse as sp

    from matching.allocate import Allocation, Infeasible, allocate

    worth = [(scores[id_] or 0) + EARLIER * (len(candidates) - n) for n, id_ in enumerate(candidates)]
    matrix = sp.coo_array(np.array(worth, dtype=float).reshape(-1, 1))
    decided = {(n, 0) for n, id_ in enumerate(candidates) if fixed.get(id_) is Verdict.ACCEPTED}
    banned = {(n, 0) for n, id_ in enumerate(candidates) if fixed.get(id_, Verdict.ACCEPTED) is not Verdict.ACCEPTED}

    def attempt(capacity: int, minimum: int) -> Allocation:
        return allocate(matrix, [capacity], 1, [minimum], banned, decided)

    broken: tuple[Limit, ...] = ()
    capacity = max(call.capacity, len(decided))
    if capacity > call.capacity:
        broken += (Limit("capacity", call.capacity, capacity - call.capacity),)
    try:
        found = attempt(capacity, call.minimum)
    except Infeasible as impossible:
        broken += tuple(Limit(b.bound, b.value, b.by) for b in impossible.limits if b.bound == "minimum")
        found = attempt(capacity, 0)
    taken = {candidates[row] for row, _ in found.pairs}
    waiting = [candidates[row] for row in found.waitlists[0]] if found.waitlists else []
    waiting += [id_ for id_ in candidates if fixed.get(id_) is Verdict.WAITLISTED]
    place = {id_: n for n, id_ in enumerate(candidates)}
    waiting.sort(key=lambda id_: -worth[place[id_]])
    binds = tuple(Limit(b.bound, b.value) for b in found.binds if not any(x.bound == b.bound for x in broken))
    return taken, waiting, binds, broken


def fix(
    session: Session,
    actor: User,
    application: Application,
    verdict: Verdict | None,
    reason: DeclineReason | None,
    note: str,
    *,
    now: datetime,
) -> None:
    """What the manager has in mind for one application, with the words for its letter; None leaves it to the points."""
    _manages(actor, application.call)
    impartial(actor, [application])
    if application.state is not ApplicationState.UNDER_REVIEW:
        raise Conflict("application_decided", current=application.state.value)
    before = (application.fixed, application.planned_reason, application.planned_note)
    application.fixed, application.planned_reason = verdict, reason
    application.planned_note = note.strip()[:NOTE_LENGTH] or None
    if (application.fixed, application.planned_reason, application.planned_note) != before:
        data = {"verdict": verdict.value if verdict else None, "reason": reason.value if reason else None}
        centre = runner(application.call).id
        record(session, actor, "application.fix", application, now=now, organisation_id=centre, **data)


def decide_all(session: Session, actor: User, call: Call, digest: str, *, now: datetime) -> Proposal:
    """Every application under review is decided as proposed, each with its letter; the accepted make up a cohort.

    `digest` is that of the proposal the manager has seen. Raises Conflict when it has changed since, when more are
    fixed than there are places, or when one has no review; Invalid when a refusal has no reason.
    """
    _manages(actor, call)
    lock(session, call)
    state = move(CALL, call.state, CallState.DECIDED)
    if today(now) <= call.closes_on or count(session, call, ApplicationState.SUBMITTED):
        raise Conflict("call_still_open" if today(now) <= call.closes_on else "review_not_begun")
    proposal = propose(session, call)
    applications = {row.application_id: session.get_one(Application, row.application_id) for row in proposal.rows}
    impartial(actor, applications.values())
    if proposal.digest != digest:
        raise Conflict("proposal_changed")
    if proposal.too_many:
        raise Conflict("programme_full")
    if proposal.unreviewed:
        raise Conflict("reviews_missing")
    if proposal.without_reason:
        raise Invalid("reject_reasons_missing")
    call.state, call.decided_at, call.decided_by_id = state, now, actor.id
    for row in proposal.rows:
        assert row.verdict is not None
        decide(
            session,
            actor,
            applications[row.application_id],
            row.verdict,
            reason=row.reason,
            note=row.note or "",
            rank=row.place,
            place=row.place,
            now=now,
        )
    accepted = len(proposal.of(Verdict.ACCEPTED))
    if accepted or proposal.of(Verdict.WAITLISTED):
        session.add(Cohort(call=call, name=call.name, starts_on=call.starts_on, ends_on=call.ends_on))
    numbers = {verdict.value: len(proposal.of(verdict)) for verdict in Verdict}
    record_call(session, actor, "call.decide", call, now, **numbers)
    return proposal


def _manages(actor: User, call: Call) -> None:
    permits.manager_of(actor, runner(call).id)
    permits.not_suspended(runner(call))
