"""What a use case may refuse. The site turns each into a page or a JSON answer; the message key is translated there."""


class DomainError(Exception):
    """A rule of the domain was broken; nothing was changed.

    `code` is a stable word for the API and for translation, `details` fills the message.
    """

    code = "domain_error"

    def __init__(self, code: str | None = None, **details: object) -> None:
        self.code = code or type(self).code
        self.details = details
        super().__init__(self.code if not details else f"{self.code}: {details}")


class NotPermitted(DomainError):
    """The actor may not do this."""

    code = "not_permitted"


class NotFound(DomainError):
    """The entry does not exist, or not for this actor."""

    code = "not_found"


class Invalid(DomainError):
    """A value breaks a rule; the code says which."""

    code = "invalid"


class Conflict(DomainError):
    """The entry is not in a state that allows this; `allowed` in the details lists what would be."""

    code = "conflict"
