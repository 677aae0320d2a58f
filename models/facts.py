"""Facts that stay as they were written: what two sides have told each other is never changed afterwards."""

from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy import event

from models.errors import Conflict


class FactsStay:
    """Names in `FACTS` the columns that no update may touch. Raises Conflict when one does."""

    FACTS: ClassVar[tuple[str, ...]] = ()


@event.listens_for(FactsStay, "before_update", propagate=True)
def _refuse_changes(mapper: object, connection: object, target: FactsStay) -> None:
    state = sa.inspect(target)
    changed = [name for name in target.FACTS if state.attrs[name].history.has_changes()]
    if changed:
        raise Conflict("facts_stay", changed=changed)
