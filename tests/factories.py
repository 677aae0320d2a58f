"""Entries for tests: every value has a sensible default, so that a story names only what it is about."""

import hashlib
import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    ActionProgramme,
    Agreement,
    Attachment,
    Challenge,
    ChallengeAnswer,
    Claim,
    Commitment,
    Document,
    DocumentVersion,
    Event,
    ExpressionOfInterest,
    Field,
    Invitation,
    Membership,
    Message,
    Milestone,
    Need,
    Offer,
    Organisation,
    Outcome,
    Output,
    Programme,
    Registration,
    Stand,
    Technology,
    TechnologyPicture,
    TechnologyUpload,
    User,
)
from models.actions import ActionState
from models.agreements import AgreementKind, AgreementState
from models.base import utc_now
from models.commitments import CommitmentState
from models.documents import DocumentKind, DocumentLevel
from models.jobs import enqueue_embedding
from models.organisations import PROFILES
from models.outcomes import DisputeReason, OutcomeKind, OutcomeState
from models.texts import Bilingual, slugify
from models.types import (
    ChallengeKind,
    ChallengeState,
    DeclineReason,
    EventKind,
    EventState,
    InterestState,
    MembershipRole,
    NeedState,
    OfferKind,
    OrganisationKind,
    PlatformRole,
    ProfileState,
    Provenance,
    RegistrationState,
    SubjectKind,
    SupplyState,
)
from network.services.accounts import hash_password

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PASSWORD = "lotus-lake-bridge"
_HASH = hash_password(PASSWORD)


def both(text: str) -> Bilingual:
    """The same text for both languages, where the language does not matter."""
    return Bilingual(f"{text} (vi)", text)


class Make:
    """Adds entries to the session and flushes them. Entries with a text get their index job."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.number = itertools.count(1)

    def _add(self, entity: Any, subject: SubjectKind | None = None) -> Any:
        self.session.add(entity)
        self.session.flush()
        if subject:
            enqueue_embedding(self.session, subject, entity.id)
        return entity

    def field(self, code: str, name: str = "Field") -> Field:
        existing = self.session.get(Field, code)
        return existing or self._add(Field(code=code, name=both(name)))

    def organisation(self, name: str | Bilingual | None = None, kind: str = "startup", **values: Any) -> Any:
        name = name or f"Organisation {next(self.number)}"
        texts = name if isinstance(name, Bilingual) else Bilingual(name, name)
        defaults: dict[str, Any] = {
            "slug": slugify(texts.en or texts.vi or "") + f"-{next(self.number)}",
            "name": texts,
            "summary": both(f"What {texts.en or texts.vi} does"),
            "state": ProfileState.VERIFIED,
            "provenance": Provenance.SELF_DECLARED,
        }
        entity = PROFILES[OrganisationKind(kind)]
        return self._add(entity(**{**defaults, **values}), SubjectKind.ORGANISATION)

    def user(
        self,
        organisation: Organisation | None = None,
        *,
        membership: MembershipRole = MembershipRole.MANAGER,
        role: PlatformRole = PlatformRole.USER,
        **values: Any,
    ) -> User:
        n = next(self.number)
        defaults = {"email": f"person{n}@example.org", "name": f"Person {n}", "password_hash": _HASH, "language": "vi"}
        user: User = self._add(User(role=role, **{**defaults, **values}))
        if organisation is not None:
            user.memberships.append(Membership(organisation=organisation, role=membership))
            self.session.flush()
        return user

    def coordinator(self) -> User:
        return self.user(role=PlatformRole.COORDINATOR)

    def need(
        self, organisation: Organisation, title: str | Bilingual = "A laboratory for tests", **values: Any
    ) -> Need:
        kinds = values.pop("kinds", [OfferKind.TESTING])
        texts = title if isinstance(title, Bilingual) else both(title)
        defaults: dict[str, Any] = {
            "title": texts,
            "summary": texts,
            "state": NeedState.PUBLISHED,
            "published_at": NOW,
        }
        need = Need(organisation=organisation, **{**defaults, **values})
        need.kinds = kinds
        added: Need = self._add(need, SubjectKind.NEED)
        return added

    def offer(self, organisation: Organisation, title: str | Bilingual = "Laboratory tests", **values: Any) -> Offer:
        texts = title if isinstance(title, Bilingual) else both(title)
        defaults: dict[str, Any] = {
            "kind": OfferKind.TESTING,
            "title": texts,
            "summary": texts,
            "state": SupplyState.PUBLISHED,
        }
        offer: Offer = self._add(Offer(organisation=organisation, **{**defaults, **values}), SubjectKind.OFFER)
        return offer

    def technology(
        self, organisation: Organisation, title: str | Bilingual = "A membrane", **values: Any
    ) -> Technology:
        texts = title if isinstance(title, Bilingual) else both(title)
        defaults: dict[str, Any] = {"title": texts, "summary": texts, "state": SupplyState.PUBLISHED}
        technology: Technology = self._add(
            Technology(organisation=organisation, **{**defaults, **values}), SubjectKind.TECHNOLOGY
        )
        return technology

    def picture(self, technology: Technology, **values: Any) -> TechnologyPicture:
        """A picture described in both languages; its content is no real one."""
        defaults: dict[str, Any] = {
            "position": len(technology.pictures) + 1,
            "digest": hashlib.sha256(str(next(self.number)).encode()).hexdigest(),
            "alt": Bilingual("Trên bàn", "On a table"),
            "width": 800,
            "height": 600,
            "content": b"RIFF large",
            "small": b"RIFF small",
            "added_at": NOW,
        }
        picture: TechnologyPicture = self._add(TechnologyPicture(technology=technology, **{**defaults, **values}))
        return picture

    def upload(self, institute: Organisation, **values: Any) -> TechnologyUpload:
        """A spreadsheet without rows that waits for a yes."""
        defaults: dict[str, Any] = {"file_name": "list.xlsx", "created_at": NOW, "sheet": {}, "items": []}
        upload: TechnologyUpload = self._add(TechnologyUpload(organisation=institute, **{**defaults, **values}))
        return upload

    def programme(
        self, organisation: Organisation | None = None, name: str = "Incubation 2027", **values: Any
    ) -> Programme:
        defaults: dict[str, Any] = {"name": both(name), "summary": both(name), "state": SupplyState.PUBLISHED}
        if organisation is None:
            defaults["operator"] = both("City of Hanoi")
        programme: Programme = self._add(
            Programme(organisation=organisation, **{**defaults, **values}), SubjectKind.PROGRAMME
        )
        return programme

    def interest(self, need: Need, to: Organisation, **values: Any) -> ExpressionOfInterest:
        """An expression of interest from the owner of the need, sent, with ten days to answer."""
        defaults: dict[str, Any] = {
            "from_organisation": need.organisation,
            "message": "May we talk?",
            "state": InterestState.SENT,
            "sent_at": NOW,
            "reply_by": NOW + timedelta(days=10),
        }
        interest: ExpressionOfInterest = self._add(
            ExpressionOfInterest(need=need, to_organisation=to, **{**defaults, **values})
        )
        return interest

    def connection(
        self, need: Need, to: Organisation, state: InterestState = InterestState.IN_DISCUSSION, **values: Any
    ) -> ExpressionOfInterest:
        """An interest that was accepted, asked for a month before the tests began."""
        asked = NOW - timedelta(days=30)
        defaults: dict[str, Any] = {
            "sent_at": asked,
            "reply_by": asked + timedelta(days=10),
            "answered_at": asked + timedelta(days=2),
            "reply": "Gladly.",
        }
        return self.interest(need, to, state=state, **{**defaults, **values})

    def commitment(self, startup: Organisation, centre: Organisation, **values: Any) -> Commitment:
        """A request for a commitment of support that waits for the centre, with ten days to answer."""
        state = values.get("state", CommitmentState.ASKED)
        defaults: dict[str, Any] = {
            "asks": "A room and a mentor for a year.",
            "asked_at": NOW,
            "reply_by": NOW + timedelta(days=10),
            "state": state,
            "settled_at": None if state is CommitmentState.ASKED else NOW + timedelta(days=1),
        }
        if state is CommitmentState.GRANTED:
            days = {"starts_on": date(2026, 12, 1), "ends_on": date(2027, 11, 30)}
            defaults |= {"commits": both("A room and a mentor"), **days}
        if state is CommitmentState.DECLINED:
            defaults["decline_reason"] = DeclineReason.NO_CAPACITY
        commitment: Commitment = self._add(Commitment(organisation=startup, centre=centre, **{**defaults, **values}))
        return commitment

    def message(
        self, interest: ExpressionOfInterest, organisation: Organisation, text: str = "Hello", **values: Any
    ) -> Message:
        """A letter of one side; each later than the one before."""
        at = NOW + timedelta(seconds=next(self.number))
        message = Message(interest=interest, organisation=organisation, text=text, **{"at": at, **values})
        added: Message = self._add(message)
        return added

    def agreement(self, interest: ExpressionOfInterest, by: Organisation, **values: Any) -> Agreement:
        """A memorandum that stands, and to which the other side may still object."""
        defaults: dict[str, Any] = {
            "kind": AgreementKind.MOU,
            "agreed_on": NOW.date() - timedelta(days=10),
            "recorded_at": NOW - timedelta(days=9),
            "object_by": NOW + timedelta(days=5),
            "state": AgreementState.RECORDED,
        }
        agreement: Agreement = self._add(Agreement(interest=interest, organisation=by, **{**defaults, **values}))
        return agreement

    def outcome(self, interest: ExpressionOfInterest, by: Organisation, **values: Any) -> Outcome:
        """A pilot that waits for the other side, unless another state is given."""
        state = values.get("state", OutcomeState.PROPOSED)
        defaults: dict[str, Any] = {
            "kind": OutcomeKind.PILOT,
            "happened_on": NOW.date() - timedelta(days=5),
            "evidence": "The report of the pilot.",
            "proposed_at": NOW - timedelta(days=4),
            "confirm_by": NOW + timedelta(days=10),
            "state": state,
            "settled_at": None if state is OutcomeState.PROPOSED else NOW - timedelta(days=1),
            "dispute_reason": DisputeReason.OTHER_VALUE if state is OutcomeState.DISPUTED else None,
        }
        if "corrects" in values:
            defaults["correction_reason"] = "The day was wrong."
        outcome: Outcome = self._add(Outcome(interest=interest, organisation=by, **{**defaults, **values}))
        return outcome

    def attachment(self, interest: ExpressionOfInterest, **values: Any) -> Attachment:
        """A file beside a message, an agreement or an outcome; nothing lies in the folder of uploads."""
        defaults: dict[str, Any] = {"name": "report.pdf", "media_type": "application/pdf", "size": 1234}
        defaults["stored"] = f"{next(self.number):032x}"
        attachment: Attachment = self._add(Attachment(interest_id=interest.id, **{**defaults, **values}))
        return attachment

    def invitation(self, organisation: Organisation, **values: Any) -> tuple[Invitation, str]:
        """An invitation that waits, valid for ten days, and the secret that opens it."""
        secret = f"secret {next(self.number)}"
        defaults: dict[str, Any] = {
            "email": f"invited{next(self.number)}@example.org",
            "name": "Invited Person",
            "language": "vi",
            "role": MembershipRole.MEMBER,
            "secret_hash": hashlib.sha256(secret.encode()).hexdigest(),
            "sent_at": NOW,
            "expires_at": utc_now() + timedelta(days=10),
        }
        return self._add(Invitation(organisation=organisation, **{**defaults, **values})), secret

    def claim(self, organisation: Organisation, user: User | None = None, **values: Any) -> Claim:
        """An open claim to an organisation."""
        defaults: dict[str, Any] = {"user": user or self.user(), "reason": "I am the head of its transfer office."}
        claim: Claim = self._add(Claim(organisation=organisation, **{**defaults, **values}))
        return claim

    def event(self, host: Organisation, title: str | Bilingual = "Open day", **values: Any) -> Event:
        """A published event of two hours, a year after the tests began."""
        starts_at = values.pop("starts_at", utc_now() + timedelta(days=365))
        defaults: dict[str, Any] = {
            "kind": EventKind.WORKSHOP,
            "title": title if isinstance(title, Bilingual) else both(title),
            "summary": both("What happens there"),
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2),
            "place": both("The hall"),
            "state": EventState.PUBLISHED,
        }
        event: Event = self._add(Event(organisation=host, **{**defaults, **values}))
        return event

    def registration(self, event: Event, user: User | None = None, **values: Any) -> Registration:
        defaults: dict[str, Any] = {"state": RegistrationState.REGISTERED, "asked_at": NOW}
        person = user or self.user()
        registration: Registration = self._add(Registration(event=event, user=person, **{**defaults, **values}))
        return registration

    def challenge(self, owner: Organisation, title: str | Bilingual = "Flooded lanes", **values: Any) -> Challenge:
        """A published challenge that takes answers for another year."""
        defaults: dict[str, Any] = {
            "kind": ChallengeKind.CITY,
            "title": title if isinstance(title, Bilingual) else both(title),
            "problem": both("What is wrong"),
            "wanted": both("What a solution must do"),
            "answer_by": (utc_now() + timedelta(days=365)).date(),
            "state": ChallengeState.PUBLISHED,
            "published_at": NOW,
        }
        challenge: Challenge = self._add(Challenge(organisation=owner, **{**defaults, **values}))
        return challenge

    def document(
        self, organisation: Organisation, title: str = "Our deck", level: str = "own", *files: str, **values: Any
    ) -> Document:
        """With one version for each name in `files`; nothing lies in the folder of uploads."""
        values = {"kind": DocumentKind.PITCH_DECK, "added_at": NOW, **values}
        document: Document = self._add(
            Document(organisation=organisation, title=title, level=DocumentLevel(level), **values)
        )
        for number, name in enumerate(files or ("deck.pdf",), start=1):
            stored = f"{next(self.number):032x}"
            facts: dict[str, Any] = {"name": name, "media_type": "application/pdf", "size": 1200, "stored": stored}
            self._add(DocumentVersion(document=document, number=number, at=NOW, **facts))
        self.session.expire(document, ["versions"])
        return document

    def answer(self, challenge: Challenge, organisation: Organisation, **values: Any) -> ChallengeAnswer:
        """An answer that waits for the owner."""
        defaults: dict[str, Any] = {"text": "We have what you need.", "sent_at": NOW}
        answer: ChallengeAnswer = self._add(
            ChallengeAnswer(challenge=challenge, organisation=organisation, **{**defaults, **values})
        )
        return answer

    def stand(self, centre: Organisation, number: int = 1, **values: Any) -> Stand:
        defaults: dict[str, Any] = {"theme": both("Clean water"), "welcome": both("Welcome")}
        stand: Stand = self._add(Stand(organisation=centre, number=number, **{**defaults, **values}))
        return stand

    def action(self, title: str = "Sensors in the sewers", **values: Any) -> ActionProgramme:
        """A running action programme with one milestone and one output, unless others are given."""
        milestones = values.pop("milestones", None) or [Milestone(title=both("Half"), due_on=date(2026, 12, 1))]
        outputs = values.pop("outputs", None) or [Output(title=both("Probes"), unit=both("probes"), target=10)]
        defaults: dict[str, Any] = {
            "title": both(title),
            "office": both("Drainage office"),
            "breakthrough": both("Knowing ahead"),
            "goal": both("An hour ahead"),
            "state": ActionState.RUNNING,
            "starts_on": date(2026, 1, 1),
            "ends_on": date(2027, 12, 31),
        }
        programme: ActionProgramme = self._add(
            ActionProgramme(milestones=milestones, outputs=outputs, **{**defaults, **values})
        )
        return programme

    def count(self, entity: type[Any]) -> int:
        return self.session.scalar(sa.select(sa.func.count()).select_from(entity)) or 0
