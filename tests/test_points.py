import pytest

from widgets import Explorer
from widgets.controls import points, slider

START = ((0.0, 0.0, 0), (1.0, 2.0, 1))


class Dots(Explorer):
    """The points themselves."""

    dots = points("dots", ((-2, 2), (-3, 3)), START)
    size_of = slider("size", 1, 9, default=5, step=1)
    presets = {"none": {"dots": ()}}

    def unused(self, state):
        return ["dots"] if state["size_of"] == 9 else []

    def compute(self, dots, size_of):
        return dots

    def setup(self, figure):
        self.axes, self.other = figure.subplots(1, 2)
        self.axes.set(xlim=(-2, 2), ylim=(-3, 3))
        (self.marks,) = self.live.move(*self.axes.plot([], [], "o"))
        self.live.on_points(self.axes, "dots")

    def draw(self, result):
        self.marks.set_data([d[0] for d in result], [d[1] for d in result])

    def readout(self, result):
        return f"{len(result)} dots"


class Page:
    """What a learner does with pointer and keys."""

    def __init__(self, explorer):
        self.explorer = explorer

    def pointer(self, kind, x, y, axes=None):
        axes = axes or self.explorer.axes
        x, y = axes.transData.transform((x, y)) / axes.figure.bbox.size
        self.explorer.live._handle_custom_msg({"kind": kind, "x": float(x), "y": float(y)}, [])

    def key(self, key, shift=False):
        self.explorer.live._handle_custom_msg({"kind": "key", "key": key, "shift": shift}, [])

    @property
    def told(self):
        return self.explorer._widgets["dots"].told.value

    @property
    def ring(self):
        x, y = self.explorer.axes.lines[-1].get_data()
        return list(zip(map(float, x), map(float, y), strict=True))


@pytest.fixture
def page():
    return Page(Dots())


def test_a_click_in_empty_space_adds_a_point_of_the_class_in_the_menu(page):
    page.pointer("press", -1.5, 1.004)
    page.explorer._widgets["dots"].new_class.value = 1
    page.pointer("press", 1.5, -1)
    assert page.explorer.dots == (*START, (-1.5, 1.0, 0), (1.5, -1.0, 1))
    assert page.explorer.live.description == "4 dots"


def test_a_drag_moves_the_pressed_point_and_stays_within_the_limits(page):
    page.pointer("press", 1.02, 2.03)
    assert page.explorer.dots == START
    page.pointer("drag", 0.5, 1.5)
    assert page.explorer.dots == (START[0], (0.5, 1.5, 1))
    page.pointer("drag", 50, 1.5)
    assert page.explorer.dots == (START[0], (2.0, 1.5, 1))
    assert page.ring == [(2.0, 1.5)]


def test_a_double_click_removes_a_point_and_in_empty_space_nothing(page):
    for where, left in [((0, 0), START[1:]), ((-1.5, -2), START[1:])]:
        for kind in "press", "press", "double":
            page.pointer(kind, *where)
        assert page.explorer.dots == left


def test_a_press_elsewhere_in_the_picture_adds_nothing(page):
    page.pointer("press", 0, 0)
    page.pointer("press", 0.5, 0.5, page.explorer.other)
    assert page.explorer.dots == START
    assert page.ring == []


def test_the_keyboard_chooses_moves_adds_changes_and_removes(page):
    page.key("Delete")
    page.key("ArrowLeft")
    assert page.explorer.dots == START, "no point is chosen yet"
    page.key("n")
    page.key("n")
    assert page.ring == [(1.0, 2.0)]
    assert "Point 2 of 2: (1.00, 2.00), class 1" in page.told
    page.key("ArrowLeft")
    page.key("ArrowUp", shift=True)
    assert page.explorer.dots == (START[0], (0.9, 2.03, 1))
    page.key("c")
    assert page.explorer.dots[1] == (0.9, 2.03, 0)
    page.key("n")
    assert page.ring == [(0.0, 0.0)], "N goes round"
    page.key("a")
    assert page.explorer.dots == (START[0], (0.9, 2.03, 0), (0.2, 0.3, 0))
    page.key("Delete")
    page.key("Escape")
    assert len(page.explorer.dots) == 2
    assert page.ring == []
    assert "A add" in page.told


def test_the_first_point_can_be_added_by_key(page):
    page.explorer.set(dots=())
    page.key("n")
    page.key("a")
    assert page.explorer.dots == ((0.0, 0.0, 0),)


def test_points_are_a_part_of_the_state(page):
    page.pointer("press", -1.5, 1)
    again = eval(repr(page.explorer))
    assert again.dots == page.explorer.dots
    page.explorer.reset()
    assert page.explorer.dots == START
    assert page.ring == [], "the ring is no part of it"
    assert page.explorer.live.picture == Dots().live.picture


def test_the_ring_goes_when_the_focus_goes(page):
    page.key("n")
    page.explorer.live._handle_custom_msg({"kind": "blur"}, [])
    assert page.explorer.live.picture == Dots().live.picture


def test_points_without_effect_are_let_alone(page):
    page.explorer.size_of = 9
    page.pointer("press", -1.5, 1)
    page.key("a")
    assert page.explorer.dots == START
    assert page.explorer._widgets["dots"].new_class.disabled


def test_other_sequences_are_taken_and_made_exact():
    assert Dots(dots=[[1, 2, 0]]).dots == ((1.0, 2.0, 0),)
    assert Dots(dots=()).dots == ()


@pytest.mark.parametrize("wrong", [((0, 0),), ((0, 4, 0),), ((0, 0, 2),), (("a", 0, 0),), 3])
def test_points_that_are_none_are_refused_in_a_sentence(wrong):
    sentence = r"dots must be \(x, y, class\) tuples, x from -2 to 2, y from -3 to 3, class 0 to 1"
    with pytest.raises(ValueError, match=sentence):
        Dots(dots=wrong)


def test_points_of_one_class_offer_no_class():
    alone = points("dot", ((-1, 1), (-1, 1)), (), classes=1).widget()
    assert alone.new_class.layout.display == "none"
    assert "class" not in alone.told.value and "dots" in alone.told.value
    assert "C class" in points("dot", ((-1, 1), (-1, 1)), ()).widget().told.value
