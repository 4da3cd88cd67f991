import numpy as np
import pytest

from nlu.leaning import Matters, lean_of, leaning


def test_a_matter_leans_to_the_kind_that_it_mostly_comes_as() -> None:
    codes = ["0102"] * 40 + ["0203"] * 40
    truth = np.array([0] * 36 + [1] * 4 + [1] * 36 + [0] * 4)
    lean = lean_of(codes, truth, ["0102", "0203"], 2)
    assert lean.shape == (2, 2)
    assert lean[0, 0] > 0 > lean[0, 1]
    assert lean[1, 1] > 0 > lean[1, 0]


def test_a_matter_without_rows_leans_as_the_common_run() -> None:
    lean = lean_of(["0102", "0102"], np.array([0, 1]), ["0102", "0203"], 2)
    assert lean == pytest.approx(np.zeros((2, 2)))


def test_rows_beyond_those_of_known_category_are_not_counted() -> None:
    known = lean_of(["0102", "0203"], np.array([0, 1]), ["0102", "0203"], 2)
    longer = lean_of(["0102", "0203"], np.array([0, 1, 1, 1, 1]), ["0102", "0203"], 2)
    assert (known == longer).all()


def test_the_lean_in_the_weights_is_the_lean_in_the_scores() -> None:
    rng = np.random.default_rng(1)
    features, of_matters = rng.random((3, 5), dtype=np.float32), rng.random((5, 2), dtype=np.float32)
    fitted = (rng.random((5, 2), dtype=np.float32), rng.random(2, dtype=np.float32))
    matters = Matters(
        labels=["0102", "0203"],
        rows=np.array([0, 2, 5]),
        scores=features @ of_matters,
        columns=of_matters,
        offsets=rng.random(2, dtype=np.float32),
    )
    lean = np.array([[0.1, -0.1], [-0.2, 0.2]], np.float32)
    columns, offsets, scores = leaning(matters, lean, np.array([0, 5]), fitted, features[[0, 2]] @ fitted[0])
    assert features[[0, 2]] @ columns == pytest.approx(scores, abs=1e-5)
    assert offsets == pytest.approx(fitted[1] + matters.offsets @ lean)
