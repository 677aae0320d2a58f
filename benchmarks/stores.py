"""What benchmarks.peers compares: the same question put to each library, as its own documentation does it.

Each store is built from texts, their unit vectors and one field, and answers a question with the ten best records among
those with a given value of that field. `encode` turns a question into a vector: ours for all in one comparison, each
library's usual way in the other.
"""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Encode = Callable[[str], Vectors]
Records = Sequence[Any]

TOP = 10


class Ours:
    """The engine as the site uses it: both legs, filters, factors, parts, reasons and phrases, then the records."""

    def __init__(self, texts: list[str], vectors: Vectors, kinds: list[str], encode: Encode, folder: Path) -> None:
        import sqlalchemy as sa
        from sqlalchemy.orm import sessionmaker

        from benchmarks.filling import fill
        from matching.engine import Engine
        from models.base import open_sqlite

        path = folder / f"ours-{len(texts)}.sqlite3"
        fill(path, texts, vectors, kinds)
        engine = sa.create_engine(f"sqlite:///{path}", pool_size=16)
        open_sqlite(engine)
        self._sessions, self._engine = sessionmaker(engine), Engine()

    def ask(self, question: str, kind: str) -> Records:
        import sqlalchemy as sa

        from matching.questions import Query
        from models import Organisation
        from models.types import OrganisationKind

        query = Query(question, organisation_kinds=frozenset({OrganisationKind(kind)}))
        with self._sessions() as session:
            items = self._engine.suggest(session, query, limit=TOP).items
            ids = [item.subject_id for item in items]
            columns = Organisation.id, Organisation.slug, Organisation.kind, Organisation.summary_vi
            return session.execute(sa.select(*columns).where(Organisation.id.in_(ids))).all()


class Txtai:
    def __init__(self, texts: list[str], vectors: Vectors, kinds: list[str], encode: Encode, folder: Path) -> None:
        from txtai import Embeddings

        self._lock = threading.Lock()
        rows = iter(vectors)
        self._encode: Callable[[list[str]], Any] = lambda batch: np.stack([next(rows) for _ in batch])
        self._index = Embeddings(
            method="external", transform=lambda batch: self._encode(batch), content=True, backend="faiss"
        )
        self._index.index(
            (i, {"text": text, "kind": kind}, None) for i, (text, kind) in enumerate(zip(texts, kinds, strict=True))
        )
        self._encode = lambda batch: np.stack([encode(text) for text in batch])

    def ask(self, question: str, kind: str) -> Records:
        statement = "select id, text, kind, score from txtai where similar(:question, 100) and kind = :kind limit 10"
        with self._lock:  # its SQLite connection serves one thread at a time
            found: Records = self._index.search(statement, TOP, parameters={"question": question, "kind": kind})
        return found


class Chroma:
    def __init__(self, texts: list[str], vectors: Vectors, kinds: list[str], encode: Encode, folder: Path) -> None:
        import chromadb

        client = chromadb.EphemeralClient(chromadb.Settings(anonymized_telemetry=False))
        self._encode = encode
        self._collection = client.create_collection(f"texts-{len(texts)}", metadata={"hnsw:space": "ip"})
        for start in range(0, len(texts), 5000):
            part = slice(start, start + 5000)
            self._collection.add(
                ids=[str(i) for i in range(start, start + len(texts[part]))],
                documents=texts[part],
                embeddings=vectors[part],
                metadatas=[{"kind": kind} for kind in kinds[part]],
            )

    def ask(self, question: str, kind: str) -> Records:
        found = self._collection.query(
            query_embeddings=self._encode(question)[None], n_results=TOP, where={"kind": kind}
        )
        return list(zip(found["ids"][0], found["documents"][0], found["metadatas"][0], strict=True))


class LanceDB:
    def __init__(self, texts: list[str], vectors: Vectors, kinds: list[str], encode: Encode, folder: Path) -> None:
        import lancedb
        import pyarrow as pa

        self._encode = encode
        table = pa.table(
            {
                "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1]),
                "text": texts,
                "kind": kinds,
            }
        )
        database = lancedb.connect(folder / f"lancedb-{len(texts)}")
        self._table = database.create_table("texts", table, mode="overwrite")

    def ask(self, question: str, kind: str) -> Records:
        search = self._table.search(self._encode(question)).metric("dot").where(f"kind = '{kind}'", prefilter=True)
        found: Records = search.limit(TOP).to_list()
        return found


class Qdrant:
    """Its local mode, without a server."""

    def __init__(self, texts: list[str], vectors: Vectors, kinds: list[str], encode: Encode, folder: Path) -> None:
        from qdrant_client import QdrantClient, models

        self._encode, self._models = encode, models
        self._client = QdrantClient(":memory:")
        parameters = models.VectorParams(size=vectors.shape[1], distance=models.Distance.DOT)
        self._client.create_collection("texts", vectors_config=parameters)
        payload = [{"text": text, "kind": kind} for text, kind in zip(texts, kinds, strict=True)]
        self._client.upload_collection("texts", vectors=vectors, payload=payload, ids=range(len(texts)))

    def ask(self, question: str, kind: str) -> Records:
        condition = self._models.FieldCondition(key="kind", match=self._models.MatchValue(value=kind))
        only = self._models.Filter(must=[condition])
        found: Records = self._client.query_points(
            "texts", query=self._encode(question), query_filter=only, limit=TOP
        ).points
        return found


class Haystack:
    def __init__(self, texts: list[str], vectors: Vectors, kinds: list[str], encode: Encode, folder: Path) -> None:
        from haystack import Document
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        self._encode = encode
        self._store = InMemoryDocumentStore(embedding_similarity_function="dot_product")
        self._store.write_documents(
            [
                Document(id=str(i), content=text, embedding=vector.tolist(), meta={"kind": kind})
                for i, (text, vector, kind) in enumerate(zip(texts, vectors, kinds, strict=True))
            ]
        )

    def ask(self, question: str, kind: str) -> Records:
        only = {"field": "meta.kind", "operator": "==", "value": kind}
        found: Records = self._store.embedding_retrieval(self._encode(question).tolist(), filters=only, top_k=TOP)
        return found


class LangChain:
    def __init__(self, texts: list[str], vectors: Vectors, kinds: list[str], encode: Encode, folder: Path) -> None:
        from langchain_core.embeddings import Embeddings
        from langchain_core.vectorstores import InMemoryVectorStore

        rows = iter(vectors)

        class Encoder(Embeddings):
            def embed_documents(self, texts: list[str]) -> list[list[float]]:
                return [next(rows).tolist() for _ in texts]

            def embed_query(self, text: str) -> list[float]:
                found: list[float] = encode(text).tolist()
                return found

        self._store = InMemoryVectorStore(Encoder())
        self._store.add_texts(texts, metadatas=[{"kind": kind} for kind in kinds])

    def ask(self, question: str, kind: str) -> Records:
        found: Records = self._store.similarity_search(question, k=TOP, filter=lambda d: d.metadata["kind"] == kind)
        return found


STORES: dict[str, Callable[..., Any]] = {
    "this project": Ours,
    "txtai": Txtai,
    "Chroma": Chroma,
    "LanceDB": LanceDB,
    "Qdrant local": Qdrant,
    "Haystack memory": Haystack,
    "LangChain memory": LangChain,
}
