"""What exists and what must always hold: entities, states, constraints. Imports nothing of ours from outside."""

from models.account_secrets import AccountSecret
from models.actions import ActionProgramme, Contribution, Milestone, Output
from models.agreements import Agreement
from models.alerts import NewsChoice, NewsTold, Publication, SavedSearch, SavedSearchHit
from models.applications import Application, ApplicationAnswer, DecisionLetter
from models.audit import AuditEvent
from models.base import Base
from models.calls import Call, CallCriterion, CallQuestion
from models.challenges import Challenge, ChallengeAnswer
from models.cohorts import Cohort, CohortMilestone, MentorHours, MilestoneDone
from models.commitments import Commitment
from models.documents import Document, DocumentVersion
from models.drafts import NeedDraft
from models.embeddings import Embedding, EmbeddingClock
from models.events import Event, Registration
from models.figures import Figure, FigurePoint
from models.graphs import GraphLayout
from models.interests import ExpressionOfInterest
from models.jobs import Job, OutboxMail
from models.joining import Claim, Invitation
from models.matches import Match
from models.meetings import Meeting, MeetingSlot
from models.needs import Need, NeedKind
from models.notices import NoticeChoice, Notification
from models.offers import Offer
from models.organisations import (
    Centre,
    Enterprise,
    Institute,
    Organisation,
    Partner,
    Startup,
)
from models.outcomes import Outcome
from models.people import Membership, User
from models.pictures import TechnologyPicture
from models.policies import RankingPolicy
from models.programmes import Programme
from models.reviews import Review, ReviewerDeclaration, ReviewScore
from models.showcase import Exhibit, Stand
from models.taxonomy import Field
from models.technologies import Technology, TechnologyOwner, TechnologyTransfer
from models.technology_history import TechnologyUpload, TechnologyVersion
from models.threads import Attachment, ConnectionStep, Message

__all__ = [
    "AccountSecret",
    "ActionProgramme",
    "Agreement",
    "Application",
    "ApplicationAnswer",
    "Attachment",
    "AuditEvent",
    "Base",
    "Call",
    "CallCriterion",
    "CallQuestion",
    "Centre",
    "Challenge",
    "ChallengeAnswer",
    "Claim",
    "Cohort",
    "CohortMilestone",
    "Commitment",
    "ConnectionStep",
    "Contribution",
    "DecisionLetter",
    "Document",
    "DocumentVersion",
    "Embedding",
    "EmbeddingClock",
    "Enterprise",
    "Event",
    "Exhibit",
    "ExpressionOfInterest",
    "Field",
    "Figure",
    "FigurePoint",
    "GraphLayout",
    "Institute",
    "Invitation",
    "Job",
    "Match",
    "Meeting",
    "MeetingSlot",
    "Membership",
    "MentorHours",
    "Message",
    "Milestone",
    "MilestoneDone",
    "Need",
    "NeedDraft",
    "NeedKind",
    "NewsChoice",
    "NewsTold",
    "NoticeChoice",
    "Notification",
    "Offer",
    "Organisation",
    "OutboxMail",
    "Outcome",
    "Output",
    "Partner",
    "Programme",
    "Publication",
    "RankingPolicy",
    "Registration",
    "Review",
    "ReviewScore",
    "ReviewerDeclaration",
    "SavedSearch",
    "SavedSearchHit",
    "Stand",
    "Startup",
    "Technology",
    "TechnologyOwner",
    "TechnologyPicture",
    "TechnologyTransfer",
    "TechnologyUpload",
    "TechnologyVersion",
    "User",
]
