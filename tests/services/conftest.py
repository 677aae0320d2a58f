"""Connections for the stories of threads, agreements and outcomes."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from models.types import InterestState
from tests.factories import Make
from tests.services.talks import Talk, begin


@pytest.fixture
def talk(session: Session, make: Make, tmp_path: Path) -> Talk:
    """Two sides in discussion."""
    return begin(session, make, tmp_path, InterestState.IN_DISCUSSION)


@pytest.fixture
def agreed(session: Session, make: Make, tmp_path: Path) -> Talk:
    """Two sides with an agreement that the asking one has recorded."""
    talk = begin(session, make, tmp_path, InterestState.AGREED)
    make.agreement(talk.interest, talk.startup)
    return talk
