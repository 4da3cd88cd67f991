"""What the hub has read of a message comes with it as metadata: its place and time become entities, its kind weighs in.

There is one truth about what a matter is, the hub's; and Rasa is trained without a hub.
"""

from __future__ import annotations

import re
from math import exp, log
from typing import Any, List

from components import quick  # noqa: F401 - imported for its effect
from components.cues import said_in
from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

LEAST, MOST = 0.02, 0.98
MATTERS = ("report", "inquire")
SHARE = 0.9
# Whoever names a ticket wants something of it.
NAMES_TICKET = re.compile(r"(?:工单|单号|编号|查询码)\D{0,6}\*{3}|\*{3}\D{0,6}(?:查询码|工单)")
# Whoever speaks of what they have told the hotline before means that, whatever it was about.
REFERS = re.compile(
    r"(?:上次|上回|之前|前面|前几天|前两天|前天|昨天|昨晚|今天|早上|上午|上周|上个?(?:星期|礼拜|月)|[一二两三四五六七八九十\d]+[天周月]前|那天|刚才|刚刚|先前|原来|早前)"
    r"[^，。,]{0,8}?(?:(?:反映|反应|投诉|举报|登记|打电话说|留言|求助|报修|上报)(?:过|给你们|上去|来)?(?:的|嘅)|报(?:过|上去)?(?:的|嘅)(?![班名警考培])|提的(?:那|问题|诉求|意见|事))"
    r"|我(?:们|家)?(?:之前|上次)?(?:的|那个|那件|这个|这件|那条|嗰单|那张)(?:投诉|工单|单子|诉求|件|单|举报|案子)|(?:my|the) (?:ticket|request|complaint|report|case)\b",
    re.I,
)
NEW_MATTERS = ("report", "inquire", "want_report", "inform")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class HubUnderstanding(GraphComponent):
    """Stands behind the intent classifier; without metadata it changes nothing."""

    @classmethod
    def create(cls, *_: Any) -> HubUnderstanding:
        """Build it as Rasa builds its components."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:  # Rasa compares this with the next component's, spelt so
        """Add what the hub has read to each message."""
        for message in messages:
            read = (message.get("metadata") or {}).get("understanding")
            text = message.get("text") or ""
            # What begins with a slash is a quick reply's, and says itself what it means.
            if read and not text.startswith("/"):
                message.set("entities", [*(message.get("entities") or []), *entities(text, read)], add_to_output=True)
                _weigh(message, read)
        return messages


def entities(text: str, read: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the words that say where and when, with where they stand in the text."""
    found = []
    for name, words in (("place", (read.get("place") or {}).get("span")), ("time", read.get("time"))):
        # The hub has read it with no blanks between characters.
        at = re.search(r"\s*".join(map(re.escape, words)), text) if words else None
        if at is not None:
            found.append({"entity": name, "value": words, "extractor": "HubUnderstanding", "start": at.start(), "end": at.end()})
    return found


def _weigh(message: Message, read: dict[str, Any]) -> None:
    ranking = message.get("intent_ranking")
    if not ranking:
        return
    shares = {one["name"]: one["confidence"] for one in ranking}
    text = message.get("text") or ""
    if NAMES_TICKET.search(text) or REFERS.search(text):
        shares = {name: p * (0.02 if name in NEW_MATTERS else 1.0) for name, p in shares.items()}
    both = sum(shares.get(name, 0.0) for name in MATTERS)
    if both > 0:
        asks = _asks(shares.get("inquire", 0.0) / both, read)
        shares["inquire"], shares["report"] = both * asks, both * (1 - asks)
    said = said_in(text)
    if said is not None:
        shares = {**{name: p * (1 - SHARE) for name, p in shares.items()}, said: SHARE}
    whole = sum(shares.values()) or 1.0
    new = sorted(({"name": name, "confidence": p / whole} for name, p in shares.items()), key=lambda one: -one["confidence"])
    message.set("intent", new[0], add_to_output=True)
    message.set("intent_ranking", new, add_to_output=True)


def _asks(share: float, read: dict[str, Any]) -> float:
    """Return how likely it is a question rather than a matter: by the words here, and by the hub's reading of its kind."""
    p = read.get("kind_p", 0.5)
    by_hub = p if read.get("kind") == "inquiry" else 1 - p
    odds = _odds(share) + _odds(by_hub)
    return 1 / (1 + exp(-odds / 2))


def _odds(p: float) -> float:
    p = min(max(p, LEAST), MOST)
    return log(p / (1 - p))
