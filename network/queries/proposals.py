"""The proposal of a call with the names of the applicants, for the manager who decides."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import Application, Call
from models.applications import Verdict
from models.types import DeclineReason
from network.queries.calls import CallCard, call_card
from network.queries.cards import OrganisationRef, organisation_ref
from network.services.proposals import Proposal, Proposed, propose


@dataclass(frozen=True)
class ProposalRow:
    proposed: Proposed
    title: str
    organisation: OrganisationRef
    planned_reason: DeclineReason | None


@dataclass(frozen=True)
class ProposalPage:
    call: CallCard
    pass_mark: float
    proposal: Proposal
    rows: tuple[ProposalRow, ...]

    def of(self, verdict: Verdict | None) -> tuple[ProposalRow, ...]:
        return tuple(row for row in self.rows if row.proposed.verdict == verdict)


def proposal_page(session: Session, call: Call, *, today: date) -> ProposalPage:
    """At most seven statements."""
    proposal = propose(session, call)
    found = sa.select(Application).where(Application.id.in_([row.application_id for row in proposal.rows]))
    found = found.options(joinedload(Application.organisation)).execution_options(populate_existing=True)
    known = {a.id: a for a in session.scalars(found)}
    applications = ((row, known[row.application_id]) for row in proposal.rows)
    rows = tuple(ProposalRow(p, a.title, organisation_ref(a.organisation), a.planned_reason) for p, a in applications)
    return ProposalPage(call_card(call, today), call.pass_mark, proposal, rows)
