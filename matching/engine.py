"""The one way in: a question to ranked, explained suggestions, for pages, command line and API alike.

An engine belongs to one process. It loads its encoder and its index on the first question, and answers by words alone
as long as the encoder cannot be loaded.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from matching import explain, store, verify, worker
from matching.encoder import Encoder, EncoderUnavailable, load_encoder
from matching.index import Index
from matching.questions import Query, Suggestion, Suggestions
from matching.rank import PRIOR, Policy, calibration, score
from matching.words import spans

log = logging.getLogger(__name__)

MOST_PER_ORGANISATION = 3
"""So that one body with many offers does not fill a page; its other entries stand on its profile."""

MOST_ASKED_SPANS = 8


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
    """`encoder_name` as in `load_encoder`. Safe to use from several threads, each with a session of its own."""

    def __init__(self, encoder_name: str | None = None, policy: Policy = PRIOR) -> None:
        self._encoder_name = encoder_name
        self._policy = policy
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._failure: str | None = None
        self._index: Index | None = None

    @property
    def encoder_name(self) -> str:
        return self._encoder.name if self._encoder else self._encoder_name or "default"

    def suggest(self, session: Session, query: Query, *, limit: int = 10) -> Suggestions:
        """The at most `limit` best entries for `query`, best first, at most MOST_PER_ORGANISATION of one owner."""
        encoder = self.encoder()
        index = self._index_for(session, encoder)
        if index is None or not query.text.strip():
            return Suggestions((), self._policy.threshold, self._policy.name, degraded=encoder is None)
        index.catch_up(session)
        asked = spans(query.text)[:MOST_ASKED_SPANS]
        vectors = encoder.encode([query.text, *asked]) if encoder else None
        candidates = index.search(query, vectors[0] if vectors is not None else None)
        scale = calibration(index.model)
        scored = score(query, candidates.rows, candidates.cosine, candidates.coverage, scale, self._policy)
        chosen = _best(candidates.rows, scored.scores, limit)
        keys = [candidates.key(at) for at in chosen]
        held = store.read_spans(session, index.model, keys) if vectors is not None else {}
        items = tuple(
            Suggestion(
                subject=key[0],
                subject_id=key[1],
                organisation_id=int(candidates.rows[at]["organisation"]) or None,
                score=float(scored.scores[at]),
                reasons=explain.reasons(scored, at, candidates.rows[at], query),
                phrases=explain.phrases(asked, vectors[1:], held.get(key)) if vectors is not None else (),
            )
            for at, key in zip(chosen, keys, strict=True)
        )
        return Suggestions(items, self._policy.threshold, self._policy.name, degraded=encoder is None)

    def work(self, session: Session, *, limit: int | None = None, progress: Callable[[int], None] | None = None) -> int:
        """Does the waiting index jobs (see matching.worker) and returns how many entries were looked at.

        The session must hold no pending change; it is committed. Does nothing while the encoder cannot be loaded.
        """
        encoder = self.encoder()
        if encoder is None:
            return 0
        done = worker.embed_waiting(session, encoder, limit=limit, progress=progress)
        worker.match_waiting(session, self)
        return done

    def verify(self, session: Session) -> verify.Verification:
        """Whether the rows say what the entries say, and this process's index what the rows say."""
        encoder = self.encoder()
        if encoder is None:
            return verify.Verification((f"the encoder cannot be loaded: {self._failure}",))
        index = self._index_for(session, encoder)
        assert index is not None
        index.catch_up(session)
        return verify.verify(session, encoder.name, index.hashes())

    def health(self, session: Session) -> Health:
        """The state of this process, without loading anything."""
        index = self._index
        return Health(
            encoder=self.encoder_name,
            loaded=self._encoder is not None,
            size=len(index) if index else 0,
            head=store.head(session),
            applied=index.applied if index else 0,
            degraded=self._failure is not None,
        )

    def encoder(self) -> Encoder | None:
        """The encoder, loaded and tried out on the first call; None, and said once in the log, if that fails."""
        with self._lock:
            if self._encoder is None and self._failure is None:
                try:
                    encoder = load_encoder(self._encoder_name)
                    encoder.encode(["."])
                    self._encoder = encoder
                except EncoderUnavailable as error:
                    self._failure = str(error)
                    log.error("suggestions compare words only: %s", error)
            return self._encoder

    def _index_for(self, session: Session, encoder: Encoder | None) -> Index | None:
        """The index of this process; without an encoder, of the newest rows there are."""
        model = encoder.name if encoder else store.latest_model(session)
        with self._lock:
            if model is not None and (self._index is None or self._index.model != model):
                self._index = Index(model)
            return self._index


def _best(rows: np.ndarray, scores: np.ndarray, limit: int) -> list[int]:
    """Positions of the best, equal scores in the order of kind and id."""
    chosen: list[int] = []
    owners: Counter[int] = Counter()
    for at in np.lexsort((rows["id"], rows["subject"], -scores)):
        owner = int(rows["organisation"][at])
        if owner and owners[owner] >= MOST_PER_ORGANISATION:
            continue
        owners[owner] += 1
        chosen.append(int(at))
        if len(chosen) == limit:
            break
    return chosen
