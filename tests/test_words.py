from widgets.words import counted, readable, readable_sum


def test_numbers_are_set_as_printers_do():
    assert readable("x-axis -1.5, -2e-05, (-2), 3.1e+12") == "x-axis −1.5, −2·10⁻⁵, (−2), 3.1·10¹²"


def test_a_sum_has_one_sign_between_two_terms():
    assert readable_sum("-1 + -3 - 2 + 4") == "−1 − 3 − 2 + 4"


def test_only_one_is_singular():
    assert [counted(n, "step") for n in (0, 1, 2)] == ["0 steps", "1 step", "2 steps"]
