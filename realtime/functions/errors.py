"""What a function may answer instead of a result. Transports turn these into their own shape."""

from typing import Self, TypedDict

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext


class ArgumentError(TypedDict):
    """One argument that is wrong: its path ("changes.email"), a code for programs, a sentence for people."""

    param: str
    code: str
    detail: str


class Phrase(str):
    """A sentence with values in it: ``Phrase("This is at version %(version)s.", version=3)``.

    It reads as English; ``msgid`` and ``values`` let a page say it in another language.
    """

    def __new__(cls, msgid: str, **values: object) -> Self:
        text = super().__new__(cls, msgid % values)
        text.msgid, text.values = msgid, values
        return text

    msgid: str
    values: dict[str, object]


def translated(text: str) -> str:
    """A refusal's sentence in the language of the running code, as far as the catalogs know it.

    Functions refuse in English, which is what programs get; pages pass it through here.
    """
    if isinstance(text, Phrase):
        return gettext(text.msgid) % text.values
    return gettext(text) if text else ""


class FunctionError(Exception):
    """A refusal with a kind (``code``, HTTP ``status``, ``title``) and a sentence that says what to do."""

    code = "error"
    status = 500
    title = "Something went wrong"

    def __init__(self, detail: str = "", *, errors: list[ArgumentError] | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = errors or []


class BadRequest(FunctionError):
    """The request can't be read at all: broken JSON, an unknown protocol message."""

    code, status, title = "bad_request", 400, "The request can't be read"


class Unauthenticated(FunctionError):
    """No credential, or one that no longer works."""

    code, status, title = "unauthenticated", 401, "Sign in first"


class PaymentRequired(FunctionError):
    """Nothing is paid: what the firm owns is kept, and closed until somebody pays."""

    code, status, title = "payment_required", 402, "A payment is needed"


class Forbidden(FunctionError):
    """The actor may see the record, or knows the function, and may not do this."""

    code, status, title = "forbidden", 403, "You may not do this"


class NotFound(FunctionError):
    """No such record for this actor: absent, another tenant's, or out of their sight."""

    code, status, title = "not_found", 404, "Not found"


class Conflict(FunctionError):
    """The change collides with what is there; the detail says with what."""

    code, status, title = "conflict", 409, "The change collides with another"


class Gone(FunctionError):
    """A position that can't be resumed any more: the reader has to begin anew, without it."""

    code, status, title = "start_again", 410, "Start again"


class PreconditionFailed(FunctionError):
    """The record has changed since the caller read it."""

    code, status, title = "precondition_failed", 412, "The record has changed"


class TooLarge(FunctionError):
    """The request holds more than one request may."""

    code, status, title = "too_large", 413, "The request is too large"


class InvalidInput(FunctionError):
    """Arguments of the wrong type or value; ``errors`` names each."""

    code, status, title = "invalid_input", 422, "Some values need attention"


class RateLimited(FunctionError):
    """Too many requests; try again after ``retry_after`` seconds."""

    code, status, title = "rate_limited", 429, "Too many requests"

    def __init__(self, detail: str = "", *, retry_after: float = 1.0) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class TooSlow(FunctionError):
    """The database stopped a statement that took longer than a request may; nothing was changed."""

    code, status, title = "too_slow", 503, "This takes too long"


class Unavailable(FunctionError):
    """The database does not answer, has no room or no connection left: the same request works later."""

    code, status, title = "unavailable", 503, "Not available for a moment"

    #: Seconds after which a caller may ask again.
    RETRY_AFTER = 5


def outage(error: BaseException | None) -> Unavailable | None:
    """The refusal for an exception that nobody has caught; None if that is a defect and no outage."""
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    return Unavailable("The database does not answer. Look whether this was saved before you send it again.")


def invalid(param: str, detail: str, code: str = "invalid") -> InvalidInput:
    """An InvalidInput about one argument."""
    return InvalidInput(detail, errors=[{"param": param, "code": code, "detail": detail}])
