"""The one transition table of each state machine, and the one function that moves along it."""

import enum
from collections.abc import Mapping
from typing import TypeVar

from models.actions import ActionState as B
from models.actions import MilestoneState as L
from models.agreements import AgreementState as G
from models.applications import ApplicationState as F
from models.calls import CallState as K
from models.commitments import CommitmentState as T
from models.errors import Conflict
from models.meetings import MeetingState as J
from models.outcomes import OutcomeState as O
from models.reviews import ReviewState as Q
from models.technology_history import UploadState as U
from models.types import AnswerState as W
from models.types import ChallengeState as H
from models.types import ClaimState as C
from models.types import EventState as E
from models.types import InterestState as I
from models.types import InvitationState as V
from models.types import MatchState as M
from models.types import NeedState as N
from models.types import ProfileState as P
from models.types import RegistrationState as R
from models.types import SupplyState as S

State = TypeVar("State", bound=enum.StrEnum)
Table = Mapping[State, frozenset[State]]

NEED: Table[N] = {
    N.DRAFT: frozenset({N.PUBLISHED, N.CLOSED}),
    N.PUBLISHED: frozenset({N.DRAFT, N.MATCHED, N.CLOSED}),
    N.MATCHED: frozenset({N.PUBLISHED, N.CLOSED}),
    N.CLOSED: frozenset(),
}

SUPPLY: Table[S] = {
    S.DRAFT: frozenset({S.PUBLISHED, S.WITHDRAWN}),
    S.PUBLISHED: frozenset({S.DRAFT, S.WITHDRAWN}),
    S.WITHDRAWN: frozenset({S.DRAFT}),
}

PROFILE: Table[P] = {
    P.UNCLAIMED: frozenset({P.CLAIMED, P.SUSPENDED}),
    P.CLAIMED: frozenset({P.VERIFIED, P.UNCLAIMED, P.SUSPENDED}),
    P.VERIFIED: frozenset({P.CLAIMED, P.SUSPENDED}),
    P.SUSPENDED: frozenset({P.UNCLAIMED, P.CLAIMED}),
}

MATCH: Table[M] = {
    M.SUGGESTED: frozenset({M.SEEN, M.SHORTLISTED, M.DISMISSED, M.INTEREST}),
    M.SEEN: frozenset({M.SHORTLISTED, M.DISMISSED, M.INTEREST}),
    M.SHORTLISTED: frozenset({M.SEEN, M.DISMISSED, M.INTEREST}),
    M.DISMISSED: frozenset({M.SEEN}),
    M.INTEREST: frozenset({M.DECLINED, M.SEEN}),
    M.DECLINED: frozenset({M.DISMISSED, M.INTEREST}),
}

INTEREST: Table[I] = {
    I.DRAFT: frozenset({I.SENT, I.WITHDRAWN}),
    I.SENT: frozenset({I.ACCEPTED, I.DECLINED, I.WITHDRAWN, I.EXPIRED}),
    I.ACCEPTED: frozenset({I.IN_DISCUSSION, I.ENDED}),
    I.IN_DISCUSSION: frozenset({I.AGREED, I.ENDED}),
    I.AGREED: frozenset({I.OUTCOME_PROPOSED, I.IN_DISCUSSION, I.ENDED}),
    I.OUTCOME_PROPOSED: frozenset({I.CONFIRMED, I.DISPUTED, I.AGREED, I.IN_DISCUSSION}),
    I.DISPUTED: frozenset({I.OUTCOME_PROPOSED, I.CONFIRMED, I.AGREED, I.IN_DISCUSSION, I.ENDED}),
    I.CONFIRMED: frozenset({I.OUTCOME_PROPOSED, I.DISPUTED, I.AGREED, I.IN_DISCUSSION}),
    I.DECLINED: frozenset(),
    I.WITHDRAWN: frozenset(),
    I.EXPIRED: frozenset({I.ACCEPTED, I.DECLINED}),
    I.ENDED: frozenset(),
}
"""Back from an agreement or an outcome leads an objection, a proposal taken back, a correction that annuls."""

AGREEMENT: Table[G] = {
    G.RECORDED: frozenset({G.OBJECTED, G.TAKEN_BACK}),
    G.OBJECTED: frozenset(),
    G.TAKEN_BACK: frozenset(),
}

OUTCOME: Table[O] = {
    O.PROPOSED: frozenset({O.CONFIRMED, O.DISPUTED, O.WITHDRAWN}),
    O.DISPUTED: frozenset({O.CONFIRMED, O.WITHDRAWN, O.CORRECTED}),
    O.CONFIRMED: frozenset({O.CORRECTED}),
    O.WITHDRAWN: frozenset(),
    O.CORRECTED: frozenset(),
}

MEETING: Table[J] = {
    J.PROPOSED: frozenset({J.AGREED, J.OTHERS_ASKED, J.WITHDRAWN}),
    J.AGREED: frozenset({J.CANCELLED}),
    J.OTHERS_ASKED: frozenset(),
    J.WITHDRAWN: frozenset(),
    J.CANCELLED: frozenset(),
}

INVITATION: Table[V] = {
    V.PENDING: frozenset({V.ACCEPTED, V.DECLINED, V.REVOKED}),
    V.ACCEPTED: frozenset(),
    V.DECLINED: frozenset(),
    V.REVOKED: frozenset(),
}

CLAIM: Table[C] = {
    C.OPEN: frozenset({C.ACCEPTED, C.REFUSED, C.WITHDRAWN, C.OVERTAKEN}),
    C.ACCEPTED: frozenset(),
    C.REFUSED: frozenset(),
    C.WITHDRAWN: frozenset(),
    C.OVERTAKEN: frozenset(),
}

EVENT: Table[E] = {
    E.DRAFT: frozenset({E.PUBLISHED}),
    E.PUBLISHED: frozenset({E.CANCELLED}),
    E.CANCELLED: frozenset(),
}

REGISTRATION: Table[R] = {
    R.REGISTERED: frozenset({R.CANCELLED}),
    R.WAITING: frozenset({R.REGISTERED, R.CANCELLED}),
    R.CANCELLED: frozenset({R.REGISTERED, R.WAITING}),
}

CHALLENGE: Table[H] = {
    H.DRAFT: frozenset({H.PUBLISHED}),
    H.PUBLISHED: frozenset({H.DRAFT, H.CLOSED}),
    H.CLOSED: frozenset(),
}

ANSWER: Table[W] = {
    W.SENT: frozenset({W.SHORTLISTED, W.ACCEPTED, W.DECLINED, W.WITHDRAWN}),
    W.SHORTLISTED: frozenset({W.ACCEPTED, W.DECLINED, W.WITHDRAWN}),
    W.ACCEPTED: frozenset(),
    W.DECLINED: frozenset(),
    W.WITHDRAWN: frozenset(),
}

ACTION: Table[B] = {
    B.PLANNED: frozenset({B.RUNNING, B.DROPPED}),
    B.RUNNING: frozenset({B.DONE, B.DROPPED}),
    B.DONE: frozenset(),
    B.DROPPED: frozenset(),
}

MILESTONE: Table[L] = {
    L.OPEN: frozenset({L.DONE, L.LATE}),
    L.LATE: frozenset({L.DONE, L.ESCALATED}),
    L.ESCALATED: frozenset({L.SETTLED, L.PASSED_ON}),
    L.SETTLED: frozenset({L.DONE, L.LATE}),
    L.PASSED_ON: frozenset({L.SETTLED}),
    L.DONE: frozenset(),
}

CALL: Table[K] = {
    K.DRAFT: frozenset({K.PUBLISHED}),
    K.PUBLISHED: frozenset({K.DRAFT, K.DECIDED, K.CANCELLED}),
    K.DECIDED: frozenset(),
    K.CANCELLED: frozenset(),
}

APPLICATION: Table[F] = {
    F.DRAFT: frozenset({F.SUBMITTED, F.WITHDRAWN}),
    F.SUBMITTED: frozenset({F.UNDER_REVIEW, F.WITHDRAWN}),
    F.UNDER_REVIEW: frozenset({F.ACCEPTED, F.WAITLISTED, F.REJECTED, F.WITHDRAWN}),
    F.WAITLISTED: frozenset({F.ACCEPTED, F.REJECTED, F.WITHDRAWN}),
    F.ACCEPTED: frozenset({F.WITHDRAWN}),
    F.REJECTED: frozenset(),
    F.WITHDRAWN: frozenset(),
}

COMMITMENT: Table[T] = {
    T.ASKED: frozenset({T.GRANTED, T.DECLINED, T.WITHDRAWN}),
    T.GRANTED: frozenset(),
    T.DECLINED: frozenset(),
    T.WITHDRAWN: frozenset(),
}

REVIEW: Table[Q] = {
    Q.ASSIGNED: frozenset({Q.IN_PROGRESS, Q.CONFLICT, Q.RELEASED}),
    Q.IN_PROGRESS: frozenset({Q.SUBMITTED, Q.CONFLICT, Q.RELEASED}),
    Q.SUBMITTED: frozenset({Q.IN_PROGRESS, Q.CONFLICT}),
    Q.CONFLICT: frozenset(),
    Q.RELEASED: frozenset({Q.ASSIGNED}),
}

UPLOAD: Table[U] = {
    U.CHECKED: frozenset({U.APPLIED, U.DISCARDED}),
    U.APPLIED: frozenset({U.UNDONE}),
    U.UNDONE: frozenset(),
    U.DISCARDED: frozenset(),
}


def reachable(table: Table[State], start: State) -> frozenset[State]:
    """Every state that can follow `start`, and `start` itself."""
    found, waiting = {start}, [start]
    while waiting:
        new = table[waiting.pop()] - found
        found |= new
        waiting += new
    return frozenset(found)


def move(table: Table[State], current: State, target: State) -> State:
    """`target`, if the table lets `current` become it.

    Raises Conflict with `current`, `target` and the sorted `allowed` states otherwise.
    """
    if target not in table[current]:
        raise Conflict(
            "forbidden_transition",
            current=current.value,
            target=target.value,
            allowed=sorted(s.value for s in table[current]),
        )
    return target
