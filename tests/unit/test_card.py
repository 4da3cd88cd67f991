"""The reliability of probabilities, counted and drawn."""

import xml.etree.ElementTree as ET

from hotline.commands.card import bins, calibration_error, draw


def test_probabilities_that_hold_have_no_error() -> None:
    judged = [(0.75, n % 4 != 0) for n in range(400)]
    found = bins(judged)
    assert [one.count for one in found] == [0, 0, 0, 0, 0, 0, 0, 400, 0, 0]
    assert calibration_error(found) == 0.0


def test_boasting_is_an_error() -> None:
    assert calibration_error(bins([(1.0, False), (1.0, True)])) == 0.5


def test_the_picture_has_a_dot_for_every_bin_that_is_not_empty() -> None:
    picture = ET.fromstring(draw(bins([(0.95, True), (0.15, False)])))  # noqa: S314 - our own text
    assert sum(element.tag.endswith("circle") for element in picture) == 2
