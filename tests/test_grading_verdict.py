"""The sentences in which a learner reads how their code ended."""

from nnkit.course.grading_verdict import cell_failed


def test_the_line_is_quoted_as_python_counts_lines():
    source = "# \u2028 \x0c\ny = 1\nz = y +\\\n nothing"
    verdict = cell_failed("NameError: name 'nothing' is not defined", "Cell In[3], line 3", source)
    assert verdict.message.startswith("its cell stops with NameError in line 3 (z = y +\\): name")
