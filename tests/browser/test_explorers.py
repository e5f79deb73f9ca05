"""Every explorer of `widgets.__all__` as a learner meets it: one notebook with a cell for each."""

import pytest
from harness import Shown, other_pixels, write_notebook

import widgets
from widgets.controls import Slider

EXPLORERS = sorted({*widgets.__all__} - {"Explorer", "LiveFigure"})


@pytest.fixture(scope="module")
def gallery(open_notebook, lab):
    cells = [f"the_{name} = widgets.{name}()\nthe_{name}" for name in EXPLORERS]
    write_notebook(lab, "gallery.ipynb", ["import widgets", *cells])
    opened = open_notebook("gallery.ipynb")
    opened.run_all()
    return opened


@pytest.fixture(params=EXPLORERS)
def name(request):
    return request.param


@pytest.fixture
def shown(gallery, name):
    return Shown(gallery, f"the_{name} = ")


def first_slider(explorer):
    """(name, label, key): the first slider in use, and the key that moves it away from its end."""
    for name, widget in explorer._widgets.items():
        if isinstance(widget, Slider) and not widget.disabled:
            key = "ArrowLeft" if widget.value >= widget.high else "ArrowRight"
            return name, widget.label, key
    pytest.fail(f"{explorer} has no slider in use")


def test_the_keyboard_moves_picture_and_words_and_the_state_brings_them_back(shown, name):
    make = getattr(widgets, name)
    at_first = make()
    shown.expect(at_first)
    moved, label, key = first_slider(at_first)
    for _ in range(3):
        shown.slider(label).press(key)
    there = make()
    there.set(**{moved: there.controls[moved].kind(shown.value(label))})
    assert there.state != at_first.state
    shown.expect(there, seconds=30)
    assert shown.state() == repr(there)
    again = eval(repr(there), vars(widgets).copy())
    again.finish()
    assert again.live.picture == there.live.picture, "the state brings another picture"
    shown.reset(make())


def test_a_failure_is_one_line_and_the_next_move_recovers(shown, name, gallery):
    at_first = getattr(widgets, name)()
    _, label, key = first_slider(at_first)
    shown.reset(at_first)
    # Finished first: the page showed all this already, perhaps before the kernel heard of Reset.
    gallery.execute(f"the_{name}.finish(); the_{name}.compute = lambda **state: 1 / 0")
    picture = shown.picture.get_attribute("src")
    shown.slider(label).press(key)
    alert = shown.cell.get_by_role("alert")
    alert.wait_for()
    assert alert.inner_text() == "This position can't be shown. ZeroDivisionError: division by zero"
    assert alert.bounding_box()["height"] < 30, "one line"
    assert shown.picture.get_attribute("src") == picture, "the picture stays"
    gallery.execute(f"del the_{name}.compute")
    shown.reset(at_first)


# Notes the pictures that the page decodes.
DECODED = """() => {
    const { decode } = HTMLImageElement.prototype;
    window.decoded = [];
    HTMLImageElement.prototype.decode = function () {
        window.decoded.push(this.src);
        return decode.call(this);
    };
}"""

# Moves the slider, and returns the pictures that the page is given from then on, each time.
STEP = """async ([slider, image]) => {
    const seen = [];
    new MutationObserver((records) => seen.push(...records.map(() => image.src)))
        .observe(image, { attributeFilter: ["src"] });
    slider.value = Number(slider.value) + 1;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    const atOnce = image.src;
    await new Promise(done => setTimeout(done, 1000));
    return { atOnce, seen };
}"""


def test_the_next_place_of_a_slider_lies_ready_and_the_kernel_agrees(gallery):
    shown = Shown(gallery, "the_GradientDescent = ")
    there = widgets.GradientDescent()
    shown.reset(there)
    shown.page.evaluate(DECODED)
    label = there.controls["lr"].label
    shown.slider(label).press("ArrowRight")
    places = there._widgets["lr"].places()
    at = places.index(there.lr) + 1
    shown.expect(widgets.GradientDescent(lr=places[at]))
    shown.page.wait_for_timeout(1000)
    handles = [shown.slider(label).element_handle(), shown.picture.element_handle()]
    found = shown.page.evaluate(STEP, handles)
    there.lr = places[at + 1]
    assert other_pixels(found["atOnce"], there.live.picture) == ""
    assert found["seen"] == [found["atOnce"]], "the kernel's is another, or was loaded anew"
    assert found["atOnce"] in shown.page.evaluate("window.decoded"), "was not decoded ahead"
    shown.expect(there)
