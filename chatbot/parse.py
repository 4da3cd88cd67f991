"""Reads messages as the running chatbot would: JSON lines in ({"text", "metadata"}), JSON lines out ({"intent", "confidence", "entities"}).

    .venv/bin/python parse.py MODEL < messages.jsonl
"""

from __future__ import annotations

import asyncio
import json
import sys

from rasa.core.agent import load_agent
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.core.channels.channel import UserMessage


async def main(model: str) -> None:
    """Read every line of standard input."""
    agent = await load_agent(model_path=model)
    for line in sys.stdin:
        given = json.loads(line)
        message = UserMessage(text=given["text"], metadata=given.get("metadata"))
        parsed = await agent.processor.parse_message(message, DialogueStateTracker.from_events("parse", []))
        intent = parsed["intent"]
        found = [{"entity": one["entity"], "value": one["value"]} for one in parsed["entities"]]
        print(json.dumps({"intent": intent["name"], "confidence": intent["confidence"], "entities": found}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
