"""`flask matching …`: ask for suggestions, keep their index, change the encoder. Ranking is in network.cli_ranking.

What is heavy is imported inside the commands, so that `flask --help` stays quick.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import current_app
from flask.cli import AppGroup

from network.settings import Settings

if TYPE_CHECKING:
    from matching.encoder import Encoder
    from network.queries.suggestions import SuggestionCard

matching = AppGroup("matching", help="Suggestions: ask for them, measure them, keep their index.")


@matching.command("suggest")
@click.option("--text", required=True, help="What is looked for, in Vietnamese or English.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 50))
@click.option("--language", default="vi", show_default=True, type=click.Choice(["vi", "en"]), help="Of the answer.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def suggest(text: str, limit: int, language: str, as_json: bool) -> None:
    """What the network has for a text, as anybody may see it."""
    from network.explanations import reason_text, top_reasons
    from network.extensions import db, engine
    from network.formatting import today
    from network.i18n import speaking
    from network.queries.suggestions import answer

    found = answer(db.session, engine(), text, None, limit, on=today())
    with speaking(language):
        if as_json:
            rows = [{**_named(card), "reasons": [reason_text(r) for r in card.reasons]} for card in found.cards]
            return click.echo(to_json({"suggestions": rows, "threshold": found.threshold, "degraded": found.degraded}))
        for card in found.cards:
            row = _named(card)
            mark = " " if card.score >= found.threshold else "·"
            kind = ", ".join(filter(None, (row["kind"], row["organisation"])))
            click.echo(f"{round(card.score * 100):3}{mark} {row['title']}  [{kind}]")
            click.echo(f"     {'; '.join(reason_text(r) for r in top_reasons(card.reasons))}")
    click.echo(f"\nThreshold {round(found.threshold * 100)}; what is below carries a dot.")
    if found.degraded:
        click.echo("The encoder could not be loaded: words alone were compared.", err=True)


def _named(card: "SuggestionCard") -> dict[str, Any]:
    from network.i18n import plain

    return {
        "kind": card.subject.value,
        "id": card.subject_id,
        "title": plain(card.title),
        "organisation": plain(card.organisation.name if card.organisation else card.operator) or None,
        "score": round(card.score, 4),
        "illustrative": card.illustrative,
    }


@matching.command("encode")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write, .npy")
def encode(file: Path, out: Path) -> None:
    """Turn each line of FILE into a vector; the rows of the array are in the order of the lines."""
    import numpy as np

    texts = file.read_text(encoding="utf-8").splitlines()
    encoder = the_encoder()
    with click.progressbar(texts, label=encoder.name) as lines:
        rows = [encoder.encode([line])[0] for line in lines]
    vectors = np.array(rows, dtype=np.float32).reshape(len(texts), encoder.dimension)
    with out.open("wb") as target:
        np.save(target, vectors)
    click.echo(f"{vectors.shape[0]} x {vectors.shape[1]} float32 -> {out}")


@matching.command("work")
@click.option("--limit", type=click.IntRange(min=1), help="Stop after about as many entries.")
def work(limit: int | None) -> None:
    """Do the waiting index jobs and renew the stored matches."""
    from matching.worker import waiting_count
    from network.extensions import db, engine

    _require_encoder()
    waiting = waiting_count(db.session)
    with click.progressbar(length=min(waiting, limit or waiting), label="Index") as bar:
        done = engine().work(db.session, limit=limit, progress=bar.update)
    click.echo(f"{done} entries looked at, {waiting_count(db.session)} jobs wait.")


@matching.command("reembed")
@click.option("--encoder", "name", help="Folder or name; that of the settings unless given.")
def reembed(name: str | None) -> None:
    """Fill the rows of an encoder while the present one serves. Can be cut off and called again; then `switch`."""
    from network.extensions import db, engine

    name = settings().encoder if name is None else name
    label = _named_encoder(name).name
    with _counting(label) as bar:
        filled = engine().fill(db.session, name, bar.update)
    click.echo(f"{filled} entries embedded; {label} has them all.")


@matching.command("switch")
@click.option("--encoder", "name", help="Folder or name; that of the settings unless given.")
@click.option("--back", is_flag=True, help="To what served before the last switch.")
def switch(name: str | None, back: bool) -> None:
    """Let every process answer with another encoder, once its rows are complete."""
    from matching import store
    from network.extensions import db, engine

    if back:
        name = store.served_before(db.session)
        if name is None:
            raise click.ClickException("there was no switch: nothing to go back to")
    name = settings().encoder if name is None else name
    label = _named_encoder(name).name
    with _counting(label) as bar:
        engine().switch(db.session, name, bar.update)
    click.echo(f"{label} serves. The stored matches follow with the next `flask matching work`.")


@matching.command("verify")
def verify() -> None:
    """Compare the index with the entries; exit status 1 when they differ."""
    from network.extensions import db, engine

    found = engine().verify(db.session)
    for problem in found.problems:
        click.echo(problem)
    if not found.ok:
        raise click.ClickException(f"{len(found.problems)} differences: run `flask matching work`")
    click.echo(f"{found.entries} entries, no differences.")


def _counting(label: str) -> Any:
    """A progress bar over all entries; those that need nothing are passed over at its end."""
    from matching.entries import everything
    from network.extensions import db

    return click.progressbar(length=sum(1 for _key in everything(db.session)), label=label)


def _named_encoder(name: str) -> "Encoder":
    """Loaded and tried out. Raises ClickException when that fails."""
    from matching.encoder import EncoderUnavailable, load_encoder

    try:
        encoder = load_encoder(name or None)
        encoder.encode(["."])
    except EncoderUnavailable as error:
        raise click.ClickException(str(error)) from error
    return encoder


def the_encoder() -> "Encoder":
    """The encoder of the settings. Raises ClickException when it cannot be loaded."""
    return _named_encoder(settings().encoder)


def _require_encoder() -> None:
    from network.extensions import db, engine

    if engine().encoder(db.session) is None:
        the_encoder()
        raise click.ClickException("the encoder cannot be loaded: see the log above")


def settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


def to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
