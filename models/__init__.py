"""What exists and what must always hold: entities, states, constraints. Imports nothing of ours from outside."""

from models.audit import AuditEvent
from models.base import Base
from models.embeddings import Embedding, EmbeddingClock
from models.figures import Figure
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
from models.people import Membership, User
from models.programmes import Programme
from models.taxonomy import Field
from models.technologies import Technology

__all__ = [
    "AuditEvent",
    "Base",
    "Centre",
    "Claim",
    "Embedding",
    "EmbeddingClock",
    "Enterprise",
    "ExpressionOfInterest",
    "Field",
    "Figure",
    "GraphLayout",
    "Institute",
    "Invitation",
    "Job",
    "Match",
    "Membership",
    "Need",
    "NeedKind",
    "Offer",
    "Organisation",
    "OutboxMail",
    "Partner",
    "Programme",
    "Startup",
    "Technology",
    "User",
]
