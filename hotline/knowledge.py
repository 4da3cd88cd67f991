"""知识: what seats and citizens are answered from; found, cited and missed. How it is written: hotline.knowledge_entry."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from hotline.fields import required
from models.errors import InvalidRequest
from models.store import knowledge
from nlu.chat_cues import asks_office
from nlu.english import is_english, meaning
from nlu.knowledge import Knowledge
from nlu.normalise import plain
from nlu.reading import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline.hub import Hub
    from models.knowledge import Entry, EntryKind
    from models.store.database import Session
    from models.ticket import Actor
    from nlu.knowledge import Hit

MOST_FOUND: Final = 10
MOST_CITED: Final = 3
# Below this share of the best hit's score another entry is not worth citing beside it.
WORTH_CITING: Final = 0.6
WRITTEN_WITHIN: Final = timedelta(days=10)


async def in_use(hub: Hub) -> Knowledge:
    """Return the index of what is published now; built anew where something has changed."""
    revision = await hub.database.read(knowledge.revision)
    if hub.knowledge is None or hub.knowledge[0] != revision:
        entries = await hub.database.read(knowledge.published)
        built = await asyncio.to_thread(Knowledge, hub.reader.cutter, entries, hub.city.synonyms)
        hub.knowledge = (revision, built)
    return hub.knowledge[1]


async def search(
    hub: Hub, question: str, *, kind: EntryKind | None = None, category: str | None = None, most: int = MOST_FOUND
) -> list[Hit]:
    """Return what answers a question, the best first: published and valid today."""
    index = await in_use(hub)
    words = plain(question).strip()
    words = (is_english(words) and meaning(words)) or words
    read = await hub.readings(None, Request(words, hub.now()))

    def fits(entry: Entry) -> bool:
        return (kind is None or entry.kind is kind) and (category is None or entry.category.startswith(category))

    about = {guess.code: guess.p for guess in read.categories}
    return index.search(words, hub.today(), categories=about, fits=fits, most=most)


async def cited(hub: Hub, session: Session, codes: Sequence[str]) -> list[str]:
    """Return entries that an answer cites with their versions, such as A1001@2. Raises InvalidRequest for what may not be served."""
    found = []
    for code in dict.fromkeys(codes):
        served = next((one.entry for one in await knowledge.versions(session, code) if one.state == "published"), None)
        if served is None or not served.is_valid(hub.today()):
            raise InvalidRequest(f"知识条目“{code}”不存在、未发布或不在有效期，不能引用")
        found.append(f"{served.code}@{served.version}")
    return found


async def draft_answer(hub: Hub, question: str) -> tuple[str, list[Entry]]:
    """Return an answer to read out and the entries that it is made of, or nothing where none is found."""
    hits = await search(hub, question, most=MOST_CITED)
    if not hits:
        return "", []
    used = [hit.entry for hit in hits if hit.score >= WORTH_CITING * hits[0].score]
    if asks_office(plain(question)):
        # Where and when is told by the guide; what may be done, by an article as well.
        used.sort(key=lambda entry: entry.guide is None)
    first = used[0]
    basis = f"（依据：{'、'.join(first.basis)}）" if first.basis else ""
    until = f"有效期至{first.valid_until:%Y年%m月%d日}" if first.valid_until else "长期有效"
    source = (
        f"【知识条目{first.code}第{first.version}版“{first.title}”，{hub.department_name(first.owner)}提供，{until}】"
    )
    return f"{first.words}\n{basis}{source}", used


async def report_gap(hub: Hub, actor: Actor, question: str) -> None:
    """Keep a question that nothing answers, without what names persons; the same one is counted."""
    words = hub.mask(required(question, "问题", 4), None).strip()
    at = hub.now()
    await hub.database.write(lambda session: knowledge.ask_again(session, words, actor.name, at, at + WRITTEN_WITHIN))
