"""Who may open what. Every route declares its access with `requires`; a route that declares nothing answers 403.

The guard decides on whole pages. What a person may do to one entry is decided again in the use case itself.
"""

import enum
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from models import Membership, Organisation, User
from models.types import MembershipRole, OrganisationKind
from network.extensions import db, login
from network.queries.notifications import unread_count

REMEMBER = timedelta(days=30)
"""How long somebody stays signed in who asked for it."""

View = TypeVar("View", bound=Callable[..., Any])


class Access(enum.StrEnum):
    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    MEMBER = "member"
    """Members of the organisation named by `slug` in the address."""
    MANAGER = "manager"
    """Its managers."""
    COORDINATOR = "coordinator"


def requires(access: Access, *kinds: OrganisationKind) -> Callable[[View], View]:
    """Declares who may open a view; `kinds` limits MEMBER and MANAGER to organisations of those kinds."""

    def declare(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        view.kinds = frozenset(kinds)  # type: ignore[attr-defined]
        return view

    return declare


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What the view behind an endpoint declared; static files are public; None when nothing was declared."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return Access.PUBLIC
    return cast("Access | None", getattr(app.view_functions[endpoint], "access", None))


def actor() -> User:
    """The signed-in person; only for views that are not PUBLIC."""
    return cast(User, current_user._get_current_object())


def viewer() -> User | None:
    """The person at the other end, if signed in."""
    return actor() if current_user.is_authenticated else None


def organisation() -> Organisation:
    """The organisation named in the address of a MEMBER or MANAGER view."""
    return cast(Organisation, g.organisation)


def membership() -> Membership:
    """What the person is in that organisation."""
    return cast(Membership, g.membership)


def is_manager() -> bool:
    """Whether the person may act for that organisation, not only read."""
    return membership().role is MembershipRole.MANAGER


def safe_next(target: str | None) -> str | None:
    """A path of this site to go on to after signing in, or None."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    return target if not urlsplit(target).netloc else None


def _guard() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None:
        return None
    access = access_of(current_app._get_current_object(), endpoint)  # type: ignore[attr-defined]
    if access is Access.PUBLIC:
        return None
    if access is None:
        abort(403)
    if not current_user.is_authenticated:
        # A form that cannot be sent again after signing in leads back to the page it stood on.
        target = request.full_path if request.method == "GET" else urlsplit(request.referrer or "").path
        return redirect(url_for("accounts.sign_in", next=safe_next(target.rstrip("?"))))
    if access is Access.COORDINATOR and not actor().coordinates:
        abort(403)
    if access in (Access.MEMBER, Access.MANAGER):
        _enter_organisation(access, getattr(current_app.view_functions[endpoint], "kinds", frozenset()))
    return None


def _enter_organisation(access: Access, kinds: frozenset[OrganisationKind]) -> None:
    slug = (request.view_args or {}).get("slug")
    membership = next((m for m in actor().memberships if m.organisation.slug == slug), None)
    if membership is None:
        abort(403)
    if access is Access.MANAGER and membership.role is not MembershipRole.MANAGER:
        abort(403)
    if kinds and membership.organisation.kind not in kinds:
        abort(404)
    g.membership, g.organisation = membership, membership.organisation


def _session_id(user: User) -> str:
    return f"{user.id}.{user.session_key}"


def init_app(app: Flask) -> None:
    # What Flask-Login asks of a user is added here, so that models need not know Flask-Login.
    User.is_authenticated = True
    User.is_anonymous = False
    User.is_active = User.active
    User.get_id = _session_id
    login.init_app(app)
    app.before_request(_guard)
    app.jinja_env.globals.update(viewer=viewer)

    @login.user_loader
    def _load(session_id: str) -> User | None:
        user_id, _, session_key = session_id.partition(".")
        found = db.session.execute(
            sa.select(User, unread_count())
            .where(User.id == int(user_id), User.session_key == session_key, User.active)
            .options(selectinload(User.memberships).joinedload(Membership.organisation))
        ).one_or_none()
        g.unread = found[1] if found else 0
        return found[0] if found else None
