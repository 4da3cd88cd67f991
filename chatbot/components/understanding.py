"""What the hub has read of a message comes with it as metadata: its place and time become entities, its kind weighs in.

There is one truth about what a matter is, the hub's; and Rasa is trained without a hub.
"""

from __future__ import annotations

import re
from math import exp, log
from typing import Any, List

from components import quick  # noqa: F401 - imported for its effect
from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

# A message that tells so much of a matter that the hub is this sure of its category is about the matter, whatever else it says.
SURE = 0.5
TELLING = 10  # characters
WEIGHT = 4.0
# The hub finds no matter in it that could be anybody's.
NO_SUBSTANCE = "N10"
LEAST, MOST = 0.02, 0.98
MATTERS = ("report", "inquire")
# Where a wish is as sure as this, no matter outweighs it.
CLEAR = 0.6
# What is said in so many words, whatever is told with it.
SAID = (
    ("takeover", re.compile(r"(?:转|找|要|接|叫|换|搵|揾|整|喊)(?:个|到|一个|位)?(?:人工|真人|活人)|人工(?:客服|服务|坐席|座席)|(?:human|real person|live) ?(?:agent|please|being)?", re.I)),
    ("supplement", re.compile(r"^(?:对了|另外|我|想|要|再|还|,|，|\s)*(?:补充|追加)(?!保险|医疗|协议)")),
    ("ask_reopen", re.compile(r"^(?:我|想|请|没解决|没有解决|,|，|\s)*(?:要求|申请|给我|帮我)?(?:重办|重新办理|重新处理|重新派单)")),
)
# Whoever commands the bot asks nothing of the hotline.
COMMANDS = re.compile(
    r"(?:忽略|无视|不要理会|忘掉)[^。]{0,12}(?:指令|规则|提示|设定)|系统提示|提示词|你的(?:源代码|初始设定)|(?:你现在是|从现在(?:起|开始)你|扮演)|所有人的(?:手机|电话|信息)"
    r"|ignore (?:all |the )?(?:previous|above|prior)|system prompt|you are now", re.I
)
SHARE = 0.9
# Whoever names a ticket wants something of it.
NAMES_TICKET = re.compile(r"(?:工单|单号|编号|查询码)\D{0,6}\*{3}|\*{3}\D{0,6}(?:查询码|工单)")
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
                _weigh(message, len(text), read)
        return messages


def entities(text: str, read: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the words that say where and when, with where they stand in the text."""
    found = []
    for name, words in (("place", (read.get("place") or {}).get("span")), ("time", read.get("time"))):
        at = text.find(words) if words else -1
        if at >= 0:
            known = {"entity": name, "value": words, "extractor": "HubUnderstanding"}
            found.append({**known, "start": at, "end": at + len(words)})
    return found


def _weigh(message: Message, length: int, read: dict[str, Any]) -> None:
    ranking = message.get("intent_ranking")
    if not ranking:
        return
    shares = {one["name"]: one["confidence"] for one in ranking}
    text = message.get("text") or ""
    if NAMES_TICKET.search(text):
        shares = {name: p * (0.02 if name in NEW_MATTERS else 1.0) for name, p in shares.items()}
    elif length >= TELLING and max(shares.values()) < CLEAR and _sure(read) >= SURE:
        shares = {name: p * (WEIGHT if name in MATTERS else 1.0) for name, p in shares.items()}
    both = sum(shares.get(name, 0.0) for name in MATTERS)
    if both > 0:
        asks = _asks(shares.get("inquire", 0.0) / both, read)
        shares["inquire"], shares["report"] = both * asks, both * (1 - asks)
    said = "small_talk" if COMMANDS.search(text) else next((name for name, cue in SAID if cue.search(text)), None)
    if said is not None:
        shares = {**{name: p * (1 - SHARE) for name, p in shares.items()}, said: SHARE}
    whole = sum(shares.values()) or 1.0
    new = sorted(({"name": name, "confidence": p / whole} for name, p in shares.items()), key=lambda one: -one["confidence"])
    message.set("intent", new[0], add_to_output=True)
    message.set("intent_ranking", new, add_to_output=True)


def _sure(read: dict[str, Any]) -> float:
    """Return how sure the hub is of what the matter is."""
    if NO_SUBSTANCE in read.get("scope", ()):
        return 0.0
    return max((guess["p"] for guess in read.get("categories") or ()), default=0.0)


def _asks(share: float, read: dict[str, Any]) -> float:
    """Return how likely it is a question rather than a matter: by the words here, and by the hub's reading of its kind."""
    p = read.get("kind_p", 0.5)
    by_hub = p if read.get("kind") == "inquiry" else 1 - p
    odds = _odds(share) + _odds(by_hub)
    return 1 / (1 + exp(-odds / 2))


def _odds(p: float) -> float:
    p = min(max(p, LEAST), MOST)
    return log(p / (1 - p))
