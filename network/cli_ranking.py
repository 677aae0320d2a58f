"""`flask matching evaluate | fit | policies | use`: how good the ranking is, a better one, and the way back."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy.exc import SQLAlchemyError

from models.base import utc_now
from network.cli_matching import matching, the_encoder, to_json

if TYPE_CHECKING:
    from matching.policy import Policy

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@matching.command("evaluate")
@click.argument("folder", type=FOLDER)
@click.option("--leg", default="hybrid", show_default=True, type=click.Choice(["dense", "lexical", "hybrid", "full"]))
@click.option("--split", default="test", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def evaluate(folder: Path, leg: Any, split: str, as_json: bool) -> None:
    """How good the ranking is on a FOLDER of questions with known answers (corpus, queries, qrels)."""
    from matching.evaluate import BadFolder
    from matching.evaluate import evaluate as measure

    try:
        report = measure(folder, leg, None if leg == "lexical" else the_encoder(), split, _policy())
    except BadFolder as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        return click.echo(report.to_json())
    for name, value in json.loads(report.to_json()).items():
        click.echo(f"{name:14} {'-' if value is None else value}")


@matching.command("fit")
@click.argument("folders", nargs=-1, type=FOLDER)
@click.option("--split", default="dev", show_default=True, help="Of the folders; keep another one to report on.")
@click.option("--dry-run", is_flag=True, help="Print the report, change nothing.")
def fit(folders: tuple[Path, ...], split: str, dry_run: bool) -> None:
    """Make a ranking policy from judged FOLDERS and from the decisions taken on the site.

    It is put in force only if it does no worse, on questions and decisions held out from it, than the one in force.
    """
    from matching.evaluate import BadFolder
    from network.extensions import db
    from network.services import ranking

    try:
        made = ranking.fit(db.session, the_encoder(), folders, split, now=utc_now())
    except BadFolder as error:
        raise click.ClickException(str(error)) from error
    click.echo(to_json(made.report))
    if dry_run:
        db.session.rollback()
        return click.echo("A dry run: nothing was changed.")
    db.session.commit()
    if not made.better:
        raise click.ClickException(f"{made.policy.name} is kept for the record and not put in force: it does worse")
    click.echo(f"{made.policy.name} is in force. The stored matches follow with the next `flask matching work`.")


@matching.command("policies")
def policies() -> None:
    """All ranking policies, the newest first; * marks the one in force."""
    from network.extensions import db
    from network.services import ranking

    current = _policy().name
    for name, made_at, against in ranking.kept(db.session):
        click.echo(f"{'*' if name == current else ' '} {name:24} {made_at or '':20} {against}".rstrip())


@matching.command("use")
@click.argument("name")
def use(name: str) -> None:
    """Put the policy NAME in force: the way back after `fit`."""
    from models.errors import NotFound
    from network.extensions import db
    from network.services import ranking

    try:
        ranking.use(db.session, name, now=utc_now())
    except NotFound as error:
        raise click.ClickException(f"there is no policy {name}: `flask matching policies` lists them") from error
    db.session.commit()
    click.echo(f"{name} is in force. The stored matches follow with the next `flask matching work`.")


def _policy() -> "Policy":
    """The one in force; that of the code where there is no database."""
    from matching.policy import PRIOR, serving
    from network.extensions import db

    try:
        return serving(db.session).policy
    except SQLAlchemyError:
        return PRIOR
