"""The one way in: a question to ranked, explained suggestions, for pages, command line and API alike.

An engine belongs to one process. It loads its encoder and its index on the first question, and answers by words alone
as long as the encoder cannot be loaded. Which encoder and which policy serve is asked of the database with every
question, so that a switch reaches all processes at once.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from matching import explain, store, verify, worker
from matching.encoder import Encoder, EncoderUnavailable, load_encoder
from matching.index import Index
from matching.policy import Policy, Serving, serving
from matching.questions import Query, Suggestion, Suggestions
from matching.rank import Likeness, score, text_values
from matching.relevance import DEEP, of_parts
from matching.snapshot import Candidates
from matching.standing import Standings
from matching.words import spans
from models.types import SubjectKind

log = logging.getLogger(__name__)

MOST_ASKED_SPANS = 8
ASKED_AGAIN = 1000  # texts: while somebody types, all clauses but the last stay; pages ask the same question twice


@dataclass(frozen=True)
class Health:
    """`applied` is the last change this process holds, `head` the last one committed; equal right after a question."""

    encoder: str
    loaded: bool
    size: int
    head: int
    applied: int
    degraded: bool


class Engine:
    """`encoder_name`, as in `load_encoder`, serves until another is switched to. Processes share the index in `folder`.

    Safe to use from several threads, each with a session of its own.
    """

    def __init__(self, encoder_name: str | None = None, folder: Path | None = None) -> None:
        self._encoder_name = encoder_name or ""
        self._serving = self._encoder_name
        self._folder = folder
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._failure: str | None = None
        self._index: Index | None = None
        self._standings = Standings()
        self._vector = lru_cache(ASKED_AGAIN)(_vector)

    def suggest(self, session: Session, query: Query, *, limit: int = 10, phrases: bool = True) -> Suggestions:
        """The at most `limit` best entries for `query`, best first; of one owner no more than the policy says.

        The latter does not hold for a question about one organisation. `phrases=False` saves encoding the clauses of
        the question. A question without text has no answer.
        """
        return self._answer(session, query, limit, phrases, None)

    def compare(self, session: Session, query: Query, subject: SubjectKind, subject_id: int) -> Suggestion | None:
        """How one entry answers `query`, however badly; None if `query` does not admit it."""
        return next(iter(self._answer(session, query, 1, True, [(subject, subject_id)]).items), None)

    def policy(self, session: Session) -> Policy:
        """The one in force."""
        return serving(session).policy

    def _answer(
        self, session: Session, query: Query, limit: int, phrases: bool, only: list[store.Key] | None
    ) -> Suggestions:
        now = serving(session)
        encoder, policy = self._encoder_of(now), now.policy
        index = self._index_for(session, encoder)
        if index is None or not query.text.strip():
            return Suggestions((), policy.threshold, policy.name, degraded=encoder is None)
        index.catch_up(session, now.head)
        asked = list(dict.fromkeys(spans(query.text)))[:MOST_ASKED_SPANS] if phrases else []
        texts = list(dict.fromkeys([query.text, *asked]))  # a short question is its own only clause
        vectors = np.stack([self._vector(encoder, text) for text in texts]) if encoder else None
        most = None if query.organisation_id else policy.most_per_organisation
        candidates = index.now.search(query, vectors[0] if vectors is not None else None, only=only)
        candidates = candidates.take(_best(candidates, _first_look(candidates, index.model, policy), DEEP, most))
        keys = [candidates.key(i) for i in range(len(candidates.rows))]
        clauses = None if vectors is None else vectors[len(vectors) - len(asked) :]
        held: list[store.Spans | None] = [None] * len(keys)
        parts = None
        if vectors is not None and clauses is not None:
            held = _held(session, candidates, vectors.shape[1])
            parts = of_parts(vectors[0], clauses, [None if entry is None else entry.vectors for entry in held])
        likeness = Likeness(candidates.cosine, candidates.coverage, parts)
        scored = score(query, candidates.rows, likeness, index.model, policy, self._standings.of(session))
        items = [
            Suggestion(
                subject=keys[at][0],
                subject_id=keys[at][1],
                organisation_id=int(candidates.rows[at]["organisation"]) or None,
                score=float(scored.scores[at]),
                reasons=explain.reasons(scored, at, candidates.rows[at], query),
                phrases=explain.phrases(asked, clauses, held[at]) if clauses is not None else (),
                other_side=explain.other_side(scored, at),
            )
            for at in _best(candidates, scored.scores, limit, most)
        ]
        return Suggestions(tuple(items), policy.threshold, policy.name, degraded=encoder is None)

    def work(self, session: Session, *, limit: int | None = None, progress: Callable[[int], None] | None = None) -> int:
        """Does waiting index jobs, then match jobs (see matching.worker); returns how many entries were looked at.

        Commits the session at once and after each batch. `limit` bounds the jobs of each sort, and then the newest come
        first; `progress` is told the number of index jobs done after each batch. Without an encoder nothing is done.
        """
        encoder = self.encoder(session)
        if encoder is None:
            return 0
        session.commit()
        work = worker.Round(session, self, encoder)
        done = work.embed(limit, progress)
        work.match(limit)
        return done

    def fill(self, session: Session, encoder_name: str | None, progress: Callable[[int], None] | None = None) -> int:
        """Embeds what the rows of this encoder lack, whether it serves or not; returns how many entries that were.

        Each batch is committed, so that a call that was cut off is gone on with by the next. Raises EncoderUnavailable.
        """
        encoder = load_encoder(encoder_name or None)
        session.commit()
        filled = worker.Round(session, self, encoder).fill(progress)
        if filled and encoder.name == self._name_of(session):
            worker.renew_matches(session)
        session.commit()
        return filled

    def switch(self, session: Session, encoder_name: str, progress: Callable[[int], None] | None = None) -> None:
        """Lets every process answer with this encoder ("" is the project's own), once its rows are complete.

        What changes between the two is embedded by the second filling. One that serves already stays, and so does what
        served before it. Raises EncoderUnavailable. Commits.
        """
        self.fill(session, encoder_name, progress)
        before = self._serving_name(session)
        if before == encoder_name:
            return
        store.serve(session, encoder_name, before)
        session.commit()
        self.fill(session, encoder_name)
        worker.renew_matches(session)
        session.commit()

    def verify(self, session: Session) -> verify.Verification:
        """Whether the rows say what the entries say, and this process's index what the rows say."""
        encoder = self.encoder(session)
        if encoder is None:
            return verify.Verification((f"the encoder cannot be loaded: {self._failure}",))
        index = self._index_for(session, encoder)
        assert index is not None
        index.catch_up(session)
        return verify.verify(session, encoder.name, index.now.hashes())

    def health(self, session: Session) -> Health:
        """The state of this process, without loading anything."""
        index = self._index
        return Health(
            encoder=self._name_of(session),
            loaded=self._encoder is not None,
            size=len(index.now) if index else 0,
            head=store.head(session),
            applied=index.now.applied if index else 0,
            degraded=self._failure is not None,
        )

    def encoder(self, session: Session) -> Encoder | None:
        """The one that serves, loaded and tried out on first use; None, and said once in the log, if that fails."""
        return self._encoder_of(serving(session))

    def _encoder_of(self, now: Serving) -> Encoder | None:
        name = self._encoder_name if now.encoder is None else now.encoder
        with self._lock:
            if name != self._serving:
                self._serving, self._encoder, self._failure = name, None, None
            if self._encoder is None and self._failure is None:
                try:
                    encoder = load_encoder(name or None)
                    encoder.encode(["."])
                    self._encoder = encoder
                except EncoderUnavailable as error:
                    self._failure = str(error)
                    log.error("suggestions compare words only: %s", error)
            return self._encoder

    def _serving_name(self, session: Session) -> str:
        switched = serving(session).encoder
        return self._encoder_name if switched is None else switched

    def _name_of(self, session: Session) -> str:
        """What the rows of the serving encoder are stored under; as in the settings if it cannot be made."""
        name = self._serving_name(session)
        try:
            return load_encoder(name or None).name
        except EncoderUnavailable:
            return name

    def _index_for(self, session: Session, encoder: Encoder | None) -> Index | None:
        """The index of this process; without an encoder, of the newest rows there are."""
        model = encoder.name if encoder else store.latest_model(session)
        with self._lock:
            if model is not None and (self._index is None or self._index.model != model):
                self._index = Index(model, self._folder)
            return self._index


def _vector(encoder: Encoder, text: str) -> NDArray[np.float32]:
    vector: NDArray[np.float32] = encoder.encode([text])[0]
    return vector


def _first_look(candidates: Candidates, encoder: str, policy: Policy) -> NDArray[np.float64]:
    """What whole texts and words say: enough to choose those whose parts are looked at."""
    return text_values(Likeness(candidates.cosine, candidates.coverage), encoder, policy)[1]


def _held(session: Session, candidates: Candidates, dimension: int) -> list[store.Spans | None]:
    """The clauses of the candidates; None for one that changed since the search, perhaps closed to this reader."""
    row_ids = candidates.row_ids.tolist()
    held = store.read_spans(session, row_ids, dimension)
    found = ((held.get(row_id), hash_) for row_id, hash_ in zip(row_ids, candidates.hashes, strict=True))
    return [entry if entry is not None and entry.text_hash == hash_.decode() else None for entry, hash_ in found]


def _best(candidates: Candidates, scores: NDArray[np.float64], limit: int, most_per_owner: int | None) -> list[int]:
    """Positions of the best, equal scores in the order of kind and id."""
    rows = candidates.rows
    chosen: list[int] = []
    owners: Counter[int] = Counter()
    for at in np.lexsort((rows["id"], rows["subject"], -scores)):
        if len(chosen) >= limit:
            break
        owner = int(rows["organisation"][at])
        owners[owner] += 1
        if not owner or most_per_owner is None or owners[owner] <= most_per_owner:
            chosen.append(int(at))
    return chosen
