"""hotline chat …: how well the chatbot does, by test dialogues with a running hub and by utterances that it has not learned from."""

from __future__ import annotations

import sys
from pathlib import Path

from cyclopts import App

from hotline.commands import chat_evaluation, chat_intents
from hotline.config import read_settings

DIALOGUES = Path("tests/dialogues")

chat_app = App(name="chat", help="智能客服的评测")


@chat_app.command
def evaluate(*files: Path, only: str = "", sample: bool = False, json: bool = False, at_once: int = 4) -> None:
    """Run test dialogues against the running hub and its chatbot; exit 1 where fewer than 95 % reach their goal.

    Parameters
    ----------
    files
        YAML files of dialogues (tests/dialogues/README.md); all of tests/dialogues where none is named.
    only
        Only dialogues whose name or kind holds these words.
    sample
        Only the first dialogue of each kind.
    json
        Print nothing but the summary, as one JSON object on the last line.
    at_once
        How many citizens talk at the same time.
    """
    chosen = list(files) or sorted(DIALOGUES.glob("*.yml"))
    wanted = chat_evaluation.read(chosen, only, is_sample=sample)
    sys.exit(chat_evaluation.evaluate(read_settings(), wanted, as_json=json, at_once=at_once))


@chat_app.command
def intents(file: Path, *, json: bool = False) -> None:
    """Print how well intents and entities are read of utterances that the chatbot has not learned from; needs no running hub.

    Parameters
    ----------
    file
        CSV with `text`, `intent` (several right ones parted by |) and `entities`, such as place=东湖路12号;time=昨晚.
    json
        Print one JSON object.
    """
    chat_intents.measure(read_settings(), file, as_json=json)
