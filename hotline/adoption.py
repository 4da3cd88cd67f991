"""采纳: a department's answer to a suggestion, adopted, partly or not; the reply that gives the reason is the citizen's to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from models.errors import InvalidRequest
from models.labels import LABELS
from models.store import suggestions
from models.vocabulary import Kind, SuggestionState

if TYPE_CHECKING:
    from hotline.step import Step
    from models.ticket import Assignment
    from models.vocabulary import Adoption

LONGEST_REASON: Final = 200


async def say(step: Step, part: Assignment, adoption: Adoption) -> None:
    """Keep the lead's answer, which holds once its reply is approved. Raises InvalidRequest for what is no suggestion."""
    if step.ticket.kind is not Kind.SUGGESTION or not part.is_lead:
        raise InvalidRequest("只有建议件的主办单位在反馈时填写采纳情况（adoption）")
    step.record("adoption", assignment=part.ordinal, adoption=adoption)
    await suggestions.say(step.session, step.ticket.id, adoption, part.department, step.at)


async def decide(step: Step, lead: Assignment) -> None:
    """Let the answer hold, tell whoever suggested it the reason, and everybody where it is published."""
    if step.ticket.kind is not Kind.SUGGESTION:
        return
    adoption = await suggestions.decide(step.session, step.ticket.id, step.at)
    if adoption is None:
        return
    reason = await reason_of(step, lead)
    short = reason if len(reason) <= LONGEST_REASON else f"{reason[:LONGEST_REASON]}……"
    await step.tell_all("suggestion_decided", adoption=LABELS["adoption"][adoption], reason=short)
    published = await suggestions.of_ticket(step.session, step.ticket.id)
    if published is not None:
        state = SuggestionState(adoption)
        step.record("suggestion_decided", suggestion=published.id, state=state)
        decided = replace(published, state=state, answer=reason, decided_at=step.at, done=None, done_at=None)
        await suggestions.change(step.session, decided)


async def reason_of(step: Step, lead: Assignment) -> str:
    """Return the lead's reply as anybody may read it: masked."""
    place = f"{lead.ticket_id}/{lead.ordinal}"
    text = step.session.keyring.unseal(lead.reply or b"", "assignments", "reply", place) if lead.reply else ""
    return step.hub.mask(text, (await step.text()).caller_name)
