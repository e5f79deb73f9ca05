"""Numbers and counts as good print sets them, for the words of every explorer."""

import re


def readable(text):
    """Set a text's numbers as printers do: −1.5 for -1.5, 2·10⁻²⁸ for 2e-28."""
    small = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    text = re.sub(r"(?<=\d)e\+?(-?)0*(\d+)", lambda e: "·10" + (e[1] + e[2]).translate(small), text)
    return re.sub(r"(?<!\w)-(?=\d)", "−", text)


def readable_sum(text):
    """As `readable`, and a − 3 for both a + -3 and a - 3."""
    return readable(text.replace("+ -", "- ")).replace(" - ", " − ")


def counted(number, thing):
    """`1 step`, `2 steps`."""
    return f"{number} {thing}" + "s" * (number != 1)
