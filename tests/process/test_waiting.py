"""The product-limit estimate, against numbers worked out by hand."""

from __future__ import annotations

from arrears.process.waiting import Waited, product_limit


def test_without_anybody_lost_the_quantiles_are_those_of_the_sample() -> None:
    curve = product_limit(Waited(day, True, 1) for day in range(1, 11))
    assert (curve.quantile(0.5), curve.quantile(0.9)) == (5, 9)
    assert curve.still_ppm(3) == 700_000


def test_those_who_still_wait_make_the_median_longer() -> None:
    # 6 at risk: one ends on day 1 (5/6), one is lost on day 2, one ends on day 3 (5/6 x 3/4), the rest wait on day 4
    said = [Waited(1, True, 1), Waited(2, False, 1), Waited(3, True, 1), Waited(4, False, 3)]
    curve = product_limit(said)
    assert curve.still == (5 / 6, 5 / 6 * 3 / 4)
    assert curve.quantile(0.5) is None
    assert curve.still_ppm(3) == 625_000


def test_nobody_followed_so_long_means_not_known() -> None:
    assert product_limit([Waited(2, True, 1), Waited(3, False, 1)]).still_ppm(9) is None


def test_once_everybody_ended_none_wait_longer() -> None:
    assert product_limit([Waited(2, True, 4)]).still_ppm(9) == 0
