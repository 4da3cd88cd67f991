"""What a model of one's own labels says (hotline nlu predict with a model of `train --data`)."""

import numpy as np

from models.understanding import Guess
from nlu.heads import LABEL
from nlu.linear import LinearModel, UnusableModel, softmax
from nlu.word_runs import counted_words, words_of

_GUESSES = 3


def has_own_labels(model: LinearModel) -> bool:
    """Tell whether a model answers with labels of one's own, not with a city's categories."""
    return LABEL in model.heads


def predict_label(model: LinearModel, text: str, title: str = "") -> tuple[Guess, ...]:
    """Return up to three labels, best first, with calibrated probabilities.

    UnusableModel for a city's model, or one that counted otherwise.
    """
    if not has_own_labels(model):
        raise UnusableModel("这个模型按城市分类训练，没有自定义标签")
    if model.left_out is None:
        raise UnusableModel("这个模型是旧版程序训练的，请重新训练")
    words = (*words_of(title), *words_of(text))
    scores = model.scores(counted_words([word for word in words if word not in model.left_out]))
    labels, logits = model.of_head(scores, LABEL)
    odds = softmax(logits)
    return tuple(Guess(labels[index], round(float(odds[index]), 4)) for index in np.argsort(-odds)[:_GUESSES])
