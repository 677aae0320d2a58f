"""What may be wrong with a technology, its pictures, and a spreadsheet of technologies, in words for the page."""

from typing import Any

from flask_babel import lazy_gettext as _

TECHNOLOGY_REFUSALS: dict[str, Any] = {
    "reference_taken": _("Another technology of yours has this number already."),
    "contact_data": _("Leave out e-mail addresses and telephone numbers: whoever is interested asks you here."),
    "unknown_field": _("Choose the fields from the list."),
    "owner_missing": _("Name the owner to whom the share belongs."),
    "owner_twice": _("An owner stands there twice."),
    "too_many_owners": _("At most twelve owners can be named."),
    "shares_over": _("The shares come to more than 100 %."),
    "shares_short": _("The shares of all owners together must come to 100 %."),
    "not_a_share": _("Write a share above 0 and up to 100, with at most two decimals."),
    "price_order": _("The price must not end below the amount it begins with."),
    "price_missing": _("Give an amount, or choose “On request”."),
    "price_without_basis": _("Say what the amount is for: one payment or a fee per year."),
    "not_an_amount": _("Write an amount in dong, for example 1.500.000.000 or 1,5 tỷ."),
    "protection_contradicts": _("It says that there is no protection, and names a number or a state all the same."),
    "unknown_territory": _("Use two-letter country codes such as VN, with commas between them."),
    "not_published": _("Only what is published can be confirmed."),
    "file_missing": _("Choose a file."),
    "picture_unreadable": _("This is no picture that can be read. Send a JPEG, PNG or WebP file."),
    "picture_too_heavy": _("The file is larger than 8 MB. Send a smaller one."),
    "picture_too_large": _("The picture has too many points. Make it smaller first."),
    "picture_too_small": _("The picture is too small: each side needs at least 100 points."),
    "picture_twice": _("This picture is there already."),
    "too_many_pictures": _("There are enough pictures. Take one away first."),
    "sheet_unreadable": _(
        "This is no spreadsheet that can be read. Save it as .xlsx, without a password, and try again."
    ),
    "sheet_too_large": _("The file is too large. Share the rows out over several files."),
    "sheet_without_headings": _("The headings are not found. Begin with the file to fill in, and keep its first row."),
    "sheet_heading_twice": _("Two columns have the same heading."),
    "sheet_empty": _("There is no filled row below the headings."),
    "sheet_too_many_rows": _("There are too many rows. Share them out over several files."),
    "upload_changed": _("Meanwhile something was changed: the report below says what would be done now."),
    "upload_does_nothing": _("No row can be carried out. Mend the file and send it again."),
    "upload_built_on": _("The upload cannot be undone: something has been built on it since."),
    "too_long": _("The text is too long. Characters allowed:"),
    "unknown_word": _("Use one of the words in the list."),
    "not_a_level": _("Write a level from 1 to 9."),
    "unknown_number": _("None of your technologies has this number."),
    "row_twice": _("A row above is about the same technology."),
    "title_there": _("You have a technology with this title. To change it, write its number into the first column:"),
    "title_twice": _("A row above has the same title."),
}
