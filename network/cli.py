"""The command line: `flask matching …`, `flask starter …`, `flask mail send`, `flask alerts`,
`flask deadlines`, `flask draw-network`, `flask worker`.

What is heavy is imported inside the commands, so that `flask --help` stays quick.
"""

import signal
import threading

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from models.base import utc_now
from network import cli_ranking as cli_ranking  # adds its commands to the group
from network.cli_matching import matching, settings

starter = AppGroup("starter", help="Starter data and demonstration accounts.")
mail = AppGroup("mail", help="The outbox.")


@starter.command("load")
def load() -> None:
    """Add the entries of the starter registry that are missing. Then run `flask matching work`."""
    from network.extensions import db
    from network.services import starter as registry

    try:
        added = registry.load(db.session, now=utc_now(), progress=click.echo)
    except registry.BadRecord as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    click.echo(f"{added} entries added.")


@starter.command("accounts")
def accounts() -> None:
    """Create one demonstration account per role and print how to sign in. Not in production."""
    from network.extensions import db
    from network.services.demonstration import create_accounts

    if settings().production:
        raise click.ClickException("demonstration accounts are not made in production")
    made = create_accounts(db.session, now=utc_now())
    db.session.commit()
    for account in made:
        click.echo(f"{account.role:15} {account.email:28} {account.password:18} {account.organisation or ''}".rstrip())


@mail.command("send")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(min=1))
def send(limit: int) -> None:
    """Send the mails that wait. Without MAIL_HOST they are printed and stay, in development only."""
    from network import duties
    from network import mail as mailer
    from network.extensions import db
    from network.services import outbox

    if settings().mail_host:
        return click.echo(f"{duties.send_mail(limit)}.")
    if settings().production:
        raise click.ClickException("MAIL_HOST is not set: mails cannot leave")
    waiting = outbox.waiting(db.session, limit)
    for letter in waiting:
        click.echo(f"{mailer.render(_app(), letter)}\n{'-' * 60}")
    click.echo(f"{len(waiting)} mails wait; MAIL_HOST is not set, so none was sent.")


@click.command("coordinator")
@click.argument("email")
@with_appcontext
def coordinator(email: str) -> None:
    """Make the person who joined with EMAIL a coordinator: the first one has nobody else to ask."""
    from models.errors import NotFound
    from network.extensions import db
    from network.services.coordination import appoint

    try:
        person = appoint(db.session, email, now=utc_now())
    except NotFound as error:
        raise click.ClickException(f"nobody has joined with {email}: sign up on the site first") from error
    db.session.commit()
    click.echo(f"{person.name} <{person.email}> coordinates.")


@click.command("alerts")
@with_appcontext
def alerts() -> None:
    """Let saved searches look at what is new, and write the mails whose turn has come. The worker does it by itself."""
    from network import duties

    click.echo(f"{duties.watch_saved_searches()}.")
    click.echo(f"{duties.write_news()}.")


@click.command("deadlines")
@with_appcontext
def deadlines() -> None:
    """Remind those who have to answer soon, and tell the coordinators of what is late. Run it every day."""
    from network.duties import watch_deadlines

    click.echo(f"{watch_deadlines()}.")


@click.command("draw-network")
@with_appcontext
def draw_network() -> None:
    """Compute where the nodes of the explorer's network stand, if it has changed. The worker does it by itself."""
    from network import duties

    click.echo(f"{duties.draw_network()}.")


@click.command("worker")
@click.option("--every", default=60, show_default=True, type=click.IntRange(min=1), help="Seconds between two rounds.")
@click.option("--once", is_flag=True, help="One round only, for a timer.")
@with_appcontext
def worker(every: int, once: bool) -> None:
    """Beside the web workers: index jobs, deadlines, mail, the drawn network, round after round until told to stop."""
    from network.duties import one_round

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while True:
        one_round(_app())
        if once or stop.wait(every):
            break


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app


def init_app(app: Flask) -> None:
    for command in (matching, starter, mail, alerts, deadlines, draw_network, worker, coordinator):
        app.cli.add_command(command)
