"""What a citizen's talk with the chatbot has come to (对话): what is to be registered or done, beside the draft of the conversation."""

from typing import Literal

from msgspec import Struct

# What a yes means that answers no question of a form.
Offer = Literal["register", "resume", "supplement"]
# The citizen's steps that the chatbot takes, and telling how far a ticket is.
ChatStep = Literal["progress", "supplement", "urge", "withdraw", "rate", "ask_reopen"]


class Dialogue(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Kept sealed, as the draft is: these are the citizen's own words.

    `matters` are to be registered, each as one ticket; where there are several, `places` says where each is: None tells it itself
    or needs none, an empty one is to be asked for. `parts` are what the only matter may be several of.
    `incident` is the open incident that they are about, `question` what
    nothing answered. `ticket` is the one that `step` is about, with `words`; `choices` are numbers it may be, with what they are about,
    `proven` those whose query code was told. `hint` is said before the next question, `last` is
    what was said last. `unsure` counts messages in a row that nobody understood. `is_english` says that the citizen wrote English last.
    """

    matters: tuple[str, ...] = ()
    places: tuple[str | None, ...] = ()
    parts: tuple[str, ...] = ()
    is_anonymous: bool = False
    is_confidential: bool = False
    incident: str | None = None
    incident_told: str | None = None
    offer: Offer | None = None
    question: str | None = None
    is_aside: bool = False
    step: ChatStep | None = None
    ticket: str | None = None
    words: str | None = None
    choices: tuple[tuple[str, str], ...] = ()
    proven: tuple[str, ...] = ()
    hint: str | None = None
    last: str | None = None
    unsure: int = 0
    is_english: bool = False
