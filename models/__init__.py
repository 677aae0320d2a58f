"""What exists and what must always hold: entities, states, constraints. Imports nothing of ours from outside."""

from models.actions import ActionProgramme, Contribution, Milestone, Output
from models.agreements import Agreement
from models.audit import AuditEvent
from models.base import Base
from models.challenges import Challenge, ChallengeAnswer
from models.embeddings import Embedding, EmbeddingClock
from models.events import Event, Registration
from models.figures import Figure, FigurePoint
from models.graphs import GraphLayout
from models.interests import ExpressionOfInterest
from models.jobs import Job, OutboxMail
from models.joining import Claim, Invitation
from models.matches import Match
from models.needs import Need, NeedKind
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
from models.showcase import Exhibit, Stand
from models.taxonomy import Field
from models.technologies import Technology, TechnologyOwner, TechnologyTransfer
from models.technology_history import TechnologyUpload, TechnologyVersion
from models.threads import Attachment, ConnectionStep, Message

__all__ = [
    "ActionProgramme",
    "Agreement",
    "Attachment",
    "AuditEvent",
    "Base",
    "Centre",
    "Challenge",
    "ChallengeAnswer",
    "Claim",
    "ConnectionStep",
    "Contribution",
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
    "Membership",
    "Message",
    "Milestone",
    "Need",
    "NeedKind",
    "Offer",
    "Organisation",
    "OutboxMail",
    "Outcome",
    "Output",
    "Partner",
    "Programme",
    "RankingPolicy",
    "Registration",
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
