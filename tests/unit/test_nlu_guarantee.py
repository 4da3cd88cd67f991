"""The bars of automatic dispatch: what is promised holds on requests like those it was tested on."""

import numpy as np

from nlu.category import leads_of
from nlu.guarantee import CONFIDENCE, ERROR, Judge, Judged, guarantee

LABELS = ("0101", "0102", "0103")


def life(dice: np.random.Generator, rows: int, *, honesty: float = 1.0) -> Judged:
    """Requests whose lead is right as often as the model says, or less often."""
    sure = dice.beta(6, 0.2, rows).astype(np.float32)
    return Judged(dice.integers(0, len(LABELS), rows), sure, dice.random(rows) < sure * honesty)


def wrong_share(found: Judged, bars: dict[str, float]) -> float:
    needed = np.array([bars.get(label, np.inf) for label in LABELS])
    clears = found.lead_p >= needed[found.guess]
    return float((~found.is_right[clears]).mean())


def test_the_promise_holds_as_often_as_it_says() -> None:
    dice = np.random.default_rng(12345)
    world = life(dice, 200_000)
    broken = made = 0
    for _ in range(60):
        found = guarantee(LABELS, life(dice, 3000), life(dice, 4000))
        if found is not None:
            made += 1
            broken += wrong_share(world, found.bars) > ERROR
    assert made > 40
    assert broken / made <= 2 * (1 - CONFIDENCE)


def test_what_it_was_tested_on_is_told() -> None:
    dice = np.random.default_rng(7)
    found = guarantee(LABELS, life(dice, 5000), life(dice, 6000, honesty=1.02))
    assert found is not None
    assert found.rows == 6000
    assert found.dispatched > 500
    assert found.wrong / found.dispatched < ERROR
    assert all(0 < bar < 1 for bar in found.bars.values())


def test_without_enough_requests_nothing_is_promised() -> None:
    dice = np.random.default_rng(1)
    assert guarantee(LABELS, life(dice, 5000), life(dice, 80)) is None


def test_a_model_that_overstates_itself_gets_no_promise() -> None:
    dice = np.random.default_rng(2)
    assert guarantee(LABELS, life(dice, 5000), life(dice, 2000, honesty=0.9)) is None


def test_a_category_that_is_often_wrong_needs_to_be_surer() -> None:
    dice = np.random.default_rng(3)
    learnt = life(dice, 9000)
    spoilt = learnt.is_right & ~((learnt.guess == 1) & (dice.random(9000) < 0.1))
    found = guarantee(LABELS, Judged(learnt.guess, learnt.lead_p, spoilt), life(dice, 9000))
    assert found is not None
    assert found.bars.get("0102", 1.1) > found.bars["0101"]


def test_a_lead_is_right_where_another_category_of_its_was_meant() -> None:
    lead_of = {"0101": "urban", "0102": "urban", "0103": "housing"}
    judge = Judge(LABELS, lead_of, 5.0)
    scores = np.array([[1.0, 0.9, -1.0], [1.0, -1.0, 0.9]], dtype=np.float32)
    judged = judge(scores, [{"0102"}, {"0103"}])
    assert judged.is_right.tolist() == [True, False]
    assert judged.lead_p[0] > 0.99
    assert judged.lead_p[1] < 0.7
    assert leads_of(LABELS, {"0101": None, "0102": None, "0103": None}).sum() == len(LABELS)
