"""Every lesson as it is released: current, runnable, true to the curriculum, and PyTorch's too."""

import contextlib
import copy
import io
import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest

from nnkit.course.check import judge
from nnkit.course.grading_notebook import Task
from nnkit.course.grading_probe import MIME
from nnkit.course.lesson import lessons_folder, read_lesson, source_paths
from nnkit.course.release import build, execute, solutions, stale, validate

LESSONS = {path.stem: read_lesson(path) for path in source_paths()}

# The curriculum's numbers: each must be put out by a code cell of its lesson.
NUMBERS = {
    "00_start_here": [
        "Mean squared error 21.880. Too cheap",
        "quality = 3.19·x1 + 4.08·x2² + 1.90·x3³ + 0.37",
        "mean squared error on the training melons: 0.109",
        "mean squared error on the test melons: 0.241",
        "a new melon with x = (0.9, 0.2, 0.5): quality 3.64",
        "d larger by 1: training error 1.109",
        "before any fit: training 3.140, test 5.556",
        "2000 ways to choose ten: training 0.127, test 0.174 on average",
        "test error the larger one in 64% of them",
        "tensor: shape (5, 3, 8, 8), size 960",
        "A @ B.T: [[7, 11], [16, 23]] shape (2, 2)",
        "mean squared error: 9.0",
        "standard deviation:   0.0",
        "f(1 + 1) = 5 but f(1) + f(1) = 6",
        "1797 pictures, 64 numbers each; the first is a 0",
        "clustering: two groups",
        "density: the loneliest picture",
        "dimension reduction: 2 of 64 directions",
        "准确率, accuracy:  0.85",
        "精确率, precision: 0.75",
        "召回率, recall:    0.6",
    ],
    "01_perceptron_xor": [
        "1873 Golgi",
        "1943 McCulloch and Pitts",
        "1957 Rosenblatt",
        "13 years before 1904",
        "0.5·0.2 + 0·1.0 + 0.3·0.9 + -0.1·0.1 + 0.5·0.8 + 0.05·1.0 = 0.810",
        "-2·1 - 2·1 + 3 = -1, so NAND answers 0",
        "NAND alone: 16 of 16",
        "68921 neurons answer 14 of the 16",
        "XOR   mistakes of the best neuron: 1",
        "w1 = 0.00, w2 = 0.00, b = 0.50",
        "[0.5 0.5 0.5 0.5], mean squared error 0.25",
        "AND   10 updates, at most 51",
        "XOR, epochs: 100  w = [-1.  0.], b = 1.0",
        "'low rent': 0.51",
        "their AND:    [0 1 1 0]",
        "0.weight  shape (3, 2)  6 numbers",
        "x = [1 1]: h = [2 1], y = h1 - 2·h2 = 2 - 2·1 = 0",
        "2 hidden nodes: XOR learnt from 4 of 20 starts",
        "8 hidden nodes: XOR learnt from 20 of 20 starts",
        "(0,0) + (1,1) - (0,1) - (1,0): 0.0",
    ],
    "02_svm_loss": [
        "it adds -1.0 to the score",
        "losses: [ 2.9  0.  12.9] mean: 5.267",
        "with j = y: [ 3.9  1.  13.9] mean: 6.267",
        "squared hinge: [ 8.41  0.   83.25]",
        "delta 3:        [ 4.9  0.1 16.9]",
        "2W:             [ 4.8  0.  23.8]",
        "8.0",
        "W near 0: loss 9.000",
        "slopes [ 1.  1. -2.]",
        "w1 = [1. 0. 0. 0.]: score 1.0, L2 1.0, L1 1.0",
        "w2 = [0.25 0.25 0.25 0.25]: score 1.0, L2 0.25, L1 1.0",
        "the objective with w1 is 1.5",
        "the objective with w2 is 0.75",
        "4 used: 91% right of those learnt, 78% of new ones",
        "30 samples: mean 5.267, sum 158.0",
        "with the mean 0.63, with the sum 2.32",
        "W alone doubled: at x = 1 they are [4. 1.]",
        " 50 digits, lambda 0   : 100% right of those learnt, 70% of new ones",
        " 50 digits, lambda 0.03: 100% right of those learnt, 75% of new ones",
    ],
    "04_backprop": [
        "q = 3, f = -12; gradients: x -4, y -4, z 3",
        "f = -20.0  gradients: -8 6 2 0",
        "d changes by 8 per unit of a",
        "(2 + 3w)^2 at w = 3: 121, gradient 66",
        "f = 0.731, gradient at s: 0.197",
        "w0 -0.197, x0 0.393, w1 -0.393, x1 -0.590, w2 0.197",
        "all weights 0.1: gradient of w1 = 0.01",
        "error 0.298371109",
        "w5 = W2[0, 0]: gradient 0.082167, new value 0.358916",
        "error after the step: 0.291027774",
        "step 40: f = -5.222e+05",
        "mixed conventions, dW = dY @ X.T: largest error 5.587",
        "if we leave it out: 0.0000",
    ],
    "03_softmax": [
        "[ 24.533 164.022   0.183] sum: 188.74",
        "p = [0.13  0.869 0.001], loss 2.040",
        "loss 0.079",
        "loss 6.156",
        "mean: 2.759",
        "p - y:  [-0.87   0.869  0.001]",
        "class 3: hinge 1.58, cross entropy 1.040",
        "[10.0, 9.0, 9.0]     class 1: hinge 0.00, cross entropy 0.551",
        "temperature   1: [0.705 0.035 0.259]",
        "temperature   2: [0.547 0.122 0.331]",
        "probabilities: [ 0.  0. nan]",
        "the third is true: loss 0.357",
        "ten equal scores: loss 2.303",
        "KL(a || b) = 0.368, the other way round 0.511",
        "-log10(0.13) = 0.89, but -ln(0.13) = 2.04",
        "swapped:        inf",
        "sigmoid(40) == 1: True  loss with y = 1: nan",
        "MAE: 0.5  MSE: 0.25",
        "with 1/(2m): 0.125",
        "root of the square: [2.  0.5 3. ]  size: [2.  0.5 3. ]",
        "p = 1.0: lowest H(p, q) = 0.000 at q = 1.000; H(p) = 0.000",
        "p = 0.9: lowest H(p, q) = 0.325 at q = 0.900; H(p) = 0.325; lowest KL at q = 0.900",
        "same winner by score and by p: 1000 of 1000",
        "one of three (softmax): [0.13  0.869 0.001]",
        "each by itself (sigmoid): [0.961 0.994 0.154]",
    ],
    "05_gradient_descent": [
        "x = 2, -14, 98",
        "x = 2, -2, 2, -2",
        "-0.92",
        "x = 2, 0, 0",
        "0.1: 0.2",
        "closed form: x = 3.0, f = 2",
        "2x^2-12x+20  L = 4: best lr 0.25, limit 0.5",
        "w = 2.783, not converged",
        "after 297 steps",
        "stationary at (-0.5, 0.5), f = 0.5",
        "[-2.47  6.47]",
        "0.980",
        "0.818",
        "115.1 steps",
        "11.5 steps",
        "1.0 lr",
        "3.16 lr",
        "0.053 lr",
    ],
    "06_initialisation": [
        "all zero:         dW1 0.000, db1 0.000, dW2 0.000, db2 0.",
        "only W2 zero:     dW1 0.000, db1 0.000, dW2 0.",
        "within 3 std: 99.73%",
        "variance 0.01: std 0.10, within ±0.3: 99.73%",
        "rng.normal(0, 0.01): std 0.01",
        "tanh, std 0.01            0.21   0.0005",
        "tanh, std 1               0.98      0.98      0.98",
        "tanh, std 1/sqrt(n)       0.63      0.32      0.23",
        "ReLU, std 1/sqrt(n)       0.58      0.15     0.025",
        "ReLU, std sqrt(2/n)       0.82      0.82      0.81",
        "n =  100: std of the sum  10.0 with std 1, 1.00 with 1/sqrt(n)",
        "variance of z 1.00, mean square of relu(z) 0.50",
        "hidden layers  3, 0.01 * randn: loss 2.30, 10% right",
        "inputs 100 times as large, weights 0.01 * randn: loss 2.30, 10% right",
        "Xavier:  largest 0.077, std 0.045",
        "Kaiming: std 0.063",
        "10 hidden layers, default of Linear: loss 2.30, 10% right",
    ],
    "07_regularisation": [
        "a = 1: the minimum is at 0.500 with L1, at 0.667 with L2",
        "a = 0.3: the minimum is at 0.000 with L1, at 0.200 with L2",
        "w = 0.667",
        "degree 9: training error 0.000, test error 0.701",
        "1000 points: test error 0.091, the noise alone 0.090",
        "lambda 1e6: f(-0.5) = -0.0021, f(0.5) = -0.0021; mean of y: -0.0021",
        "= 0.139; measured error 0.139",
        "least objective at w = [0.882 0.194]",
        "SGD,   penalty in the loss: [0.7546 0.5923]\nSGD,   weight_decay:        [0.7546 0.5923]",
        "Adam : small gradients 1 -> 0.00, large gradients 1 -> 0.91",
        "AdamW: small gradients 1 -> 0.37, large gradients 1 -> 0.37",
    ],
    "08_dropout": [
        "p = 0.2: training mean 80.0; test times q = 80, test times p = 20",
        "p = 0.5: training mean 50.0; test times q = 50, test times p = 50",
        "Wrong: 100·p = 20, 4 times too small",
        "mean of their scores:       [-5.6015  0.1029 -5.2516]",
        "scores of the full network: [-5.6015  0.1029 -5.2516]",
        "loss without + penalty: 16.14 + 2.10 = 18.24",
        "Dropout helps: test loss 0.363, without dropout 0.78; 89.5% of the test points right",
        "after eval():     [-0.324, -0.324, -0.324]",
    ],
    "09_activations_mlp": [
        "steepest slope of the sigmoid: 0.25\nten of them: 9.5e-07",
        "slope of the sigmoid at 5: 0.0066",
        "slope of tanh at 3:        0.0099",
        "ReLU       bias after 500 steps: -3.00",
        "(2, 1): 3 parameters, 87.7% right",
        "(2, 6, 6, 6, 6, 1): 151 parameters, 88.0% right",
        "|x| from 5, 50, 500 units of z^2 : [0.188 0.188 0.188]",
        "From −1 to 1 it is at most 0.13 off",
        "(2 + 1)·8 + (8 + 1)·8 + (8 + 1)·1 = 105",
        "2-3-1    99.0%",
        "33 parameters, 98.5% in the worst of 3 starts: the claim holds",
    ],
    "11_evaluation": [
        "always 'healthy': 0.5% wrong, 99.5% right, 0 of 5 found",
        "best of  100 coins on 100 questions: 62% right",
        "10.6% / 10.8% / 14.8%: first gap 0.2, second gap 4.0",
        "10.6% / 15.0% / 15.5%: first gap 4.4, second gap 0.5",
        "10.6% / 15.0% / 19.7%: first gap 4.4, second gap 4.7",
        "P = 0.5  R = 0.4: mean 0.450, F1 0.444",
        "P = 0.7  R = 0.1: mean 0.400, F1 0.175",
        "P = 0.02 R = 1.0: mean 0.510, F1 0.039",
        "[[TN, FP], [FN, TP]] = [[70, 5], [10, 15]]",
        "precision 0.75, recall 0.6, F1 0.667, accuracy 0.85",
        "TP 15, FP 5, FN 10, TN 70",
        "never looks  accuracy 99.5%, recall 0.00, precision 0.00, F1 0.00",
    ],
    "10_normalisation": [
        "x times    1: gradient    -2.772, curvature        0.924",
        "x times 1000: gradient -2772.293, curvature   924097.781",
        "divided by the biased std:   [-1.414 -0.707  0.     0.707  1.414]",
        "divided by the unbiased std: [-1.265 -0.632  0.     0.632  1.265]",
        "Raw: curvatures 1 to 100, condition number 100",
        "Standardised: curvatures 1 to 1, condition number 1",
        "raw         : mean 10.01, std 10.00, from  0.00 to  99.27, skewness 2.03",
        "standardised: mean  0.00, std  1.00, from -1.00 to   8.92, skewness 2.03",
        "by August's own numbers     : 48% of the hot days are called hot",
        " 30 to train: 68.0% by the training part, 69.9% by all data; better in 87% of the splits",
        "500 to train: 91.3% by the training part, 91.2% by all data; better in 33% of the splits",
        "3.0 and 900: [-1.  1.]",
        "batches of 8: batch norm in training gives −0.53 to 2.06, with a std of 0.44",
        "after 100 batches: engine's 5.21 and 3.79",
        "after eval(), 6.0 together with [50.0, 60.0]: -0.27",
        "27 cells share its statistics, channel 1 of all samples: axes N, H, W",
        "BatchNorm2d    changes by up to 0.40",
        "LayerNorm      changes by up to 0.00",
        "InstanceNorm2d changes by up to 0.00",
        "GroupNorm      changes by up to 0.00",
        "raw inputs                 0.694   0.693   0.693   0.693",
        "raw, layer norm inside     0.693   0.693   0.693   0.693   0.693",
        "no norm                lr 1.0: loss 1.819, shift 0.033",
        "batch norm, shaken     lr 1.0: loss 0.031, shift 0.233",
        "0.60  good plot and good end the whole is a joy to watch",
        "['film', 'good']\n['film', 'good']",
    ],
    "12_digits": [
        "1797 digits: 1297 to learn from, 500 for the test",
        "test digits as they are: 96.4% right",
        "shifted by (1, 0): 51.4% right",
        "shifted by (2, 0): 17.0% right",
        "pixels mixed:          95.2% right",
        "as they are                    397 of 500               99.7%",
        "shifted by 2                   183 of 500               23.5%",
        "6 upside down: 36 of 47 read as 9",
        "784 · 784 = 614656 weights",
        "9 weights + 1 bias = 10 parameters; output (28, 28)",
        "(5 + 2·1 - 3) / 2 + 1 = 3, so 3x3, 2 channels; nnkit: (2, 3, 3)",
        "matrix times digit = convolution: True",
        "4096 entries, 3612 of them 0; different numbers among the 484 others: 9",
        "dense 2410 parameters; shifted by 0, 1, 2 pixels: 96.4%, 51.4%, 17.0%",
        "conv   586 parameters; shifted by 0, 1, 2 pixels: 95.8%, 96.2%, 93.8%",
        "frozen       median 77.0%",
        "frozen       median 84.8%",
    ],
}


def released(name):
    return nbformat.read(lessons_folder() / f"{name}.ipynb", as_version=4)


# NumPy's matrix products as the oldest 64-bit x86 processors round them, not as the processor does
# that the lessons were released on: what a lesson prints must not depend on it.
OTHER_ROUNDING = {"OPENBLAS_CORETYPE": "Prescott"}

# Makes nbval, which only compares what cells put out, also write it down.
KEEP_OUTPUTS = """
import json

def pytest_runtest_teardown(item):
    with open("outputs.jsonl", "a") as file:
        print(json.dumps(item.test_outputs), file=file)
"""


@pytest.fixture(scope="module", params=LESSONS)
def nbval_run(request, tmp_path_factory):
    """A lesson, what nbval says of it from top to bottom, and all text that its cells put out."""
    folder = tmp_path_factory.mktemp("nbval")
    path = shutil.copy(lessons_folder() / f"{request.param}.ipynb", folder)
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "conftest.py").write_text(KEEP_OUTPUTS)
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-q", path]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, cwd=folder,
        env=os.environ | OTHER_ROUNDING,
    )  # fmt: skip
    lines = (folder / "outputs.jsonl").read_text().splitlines()
    outputs = [output for line in lines for output in json.loads(line)]
    texts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs]
    return request.param, done, "\n".join(texts)


@pytest.mark.parametrize("name", LESSONS)
def test_the_notebook_is_made_from_its_source(name):
    assert stale(LESSONS[name]) == "", "run: nnkit release"


@pytest.mark.parametrize("name", LESSONS)
def test_solutions_pass_stubs_wait_and_wrong_answers_meet_their_hints(name):
    assert 4 <= len(LESSONS[name].exercises) <= 7
    validate(LESSONS[name])


@pytest.mark.parametrize("name", LESSONS)
def test_no_known_mistake_passes_by_the_luck_of_the_draw(name):
    for seed in range(10):
        for exercise, cell in Task(LESSONS[name], seed).checks.items():
            right = cell.outputs[0].data[MIME]
            for wrong in cell.metadata["nnkit"]["wrong"]:
                assert wrong["results"] != right, f"{exercise}, seed {seed}: {wrong['hint']}"


SHORTCUTS = (
    "x1.bits != x2.bits",
    "x1 != x2",
    "[*vars(x1).values()] != [*vars(x2).values()]",
)


@pytest.mark.parametrize("way", SHORTCUTS)
def test_xor_must_be_wired(way):
    answer = eval(f"lambda x1, x2, AND, OR, NAND: {way}")
    verdict = judge(LESSONS["01_perceptron_xor"], "xor-wiring", answer, range(5))
    assert verdict.outcome in ("wrong", "error")


@pytest.mark.parametrize("name", LESSONS)
def test_no_solution_travels_to_the_learner(name):
    text = "\n".join(cell.source for cell in released(name).cells)
    for exercise in LESSONS[name].exercises.values():
        for region in solutions(exercise.solution):
            assert region not in text
        for wrong in exercise.wrong:
            assert wrong.hint not in text


def test_a_notebook_runs_from_top_to_bottom_under_nbval(nbval_run):
    name, done, _ = nbval_run
    assert done.returncode == 0, done.stdout[-5000:]
    cells = sum(cell.cell_type == "code" for cell in released(name).cells)
    assert f"{cells} passed" in done.stdout


def test_the_curriculums_numbers_are_computed(nbval_run):
    name, _, text = nbval_run
    assert [number for number in NUMBERS[name] if number not in text] == []


@pytest.mark.parametrize("name", LESSONS)
def test_a_solved_lesson_runs_and_then_each_of_its_cells_again(name):
    notebook, exercises = build(LESSONS[name]), LESSONS[name].exercises
    for cell in notebook.cells:
        if cell.id in exercises:
            cell.source = exercises[cell.id].solution
    notebook.cells += copy.deepcopy(notebook.cells[::-1])  # the names of later cells lie around
    verdicts = [
        output["data"]["text/plain"]
        for cell in execute(notebook, name).cells
        if cell.source.startswith("check(")
        for output in cell.outputs
    ]
    assert len(verdicts) == 2 * len(exercises)
    assert all(verdict.startswith("✓ Right") for verdict in verdicts)


@pytest.mark.parametrize("name", LESSONS)
def test_pictures_and_words_are_there_before_any_kernel(name):
    pictures = 0
    for cell in released(name).cells:
        for output in cell.get("outputs", []):
            assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})
            if "image/png" in output.get("data", {}):
                pictures += 1
                alt = output.metadata["image/png"]["alt"]
                assert alt, f"an explorer can't show its state: {cell.source}"
                assert alt in output.data["text/plain"]
    assert pictures >= 3


@pytest.mark.parametrize("name", LESSONS)
def test_headings_come_in_order(name):
    levels = [
        len(line) - len(line.lstrip("#"))
        for cell in released(name).cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("#")
    ]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def portable_cells():
    for name, lesson in LESSONS.items():
        for cell in lesson.cells:
            if "runs-on-pytorch" in cell.metadata.get("tags", []):
                yield pytest.param(cell.source, id=name)


@pytest.mark.parametrize("source", list(portable_cells()))
def test_the_same_code_runs_on_pytorch(source):
    pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")
    assert "import nnkit as torch" in source
    printed = []
    for code in source, source.replace("import nnkit as torch", "import torch"):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(code, "<runs-on-pytorch>", "exec"), {})
        printed.append(out.getvalue())
    assert printed[0] == printed[1] != ""
