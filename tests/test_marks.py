"""The generated mark of an organisation."""

import pytest

from models.texts import Bilingual
from models.types import OrganisationKind
from network.marks import mark, tile


def test_the_same_name_has_the_same_tile_for_ever() -> None:
    assert mark("Bèo Tây", "centre") == mark(" bèo  TÂY ", OrganisationKind.CENTRE)
    assert mark(Bilingual("Bèo Tây", "Water Hyacinth"), "centre") == mark("Bèo Tây", "centre")
    assert tile("Bèo Tây").startswith('<path class="light" d="')
    assert tile("Bèo Tây") != tile("Beo Tay")


def test_many_names_have_many_tiles() -> None:
    assert len({tile(f"Công ty {n}") for n in range(300)}) > 280


@pytest.mark.parametrize("kind", OrganisationKind)
def test_the_kind_shows_in_the_class_and_nothing_is_styled_inline(kind: OrganisationKind) -> None:
    drawing = mark('<b>"Sen" & Súng</b>', kind, "large")
    assert drawing.startswith(f'<svg class="org-mark org-mark-{kind.value} org-mark-large"')
    assert "style" not in drawing
    assert "<b>" not in drawing
    assert " id=" not in drawing


def test_a_size_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="use small, medium, large"):
        mark("Sen", "centre", "huge")
