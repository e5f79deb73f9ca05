import json

from nnkit.course import progress


def test_nothing_done_at_first(tmp_path):
    assert progress.load(tmp_path) == {"solved": {}, "guesses": {}}


def test_what_was_done_is_kept(tmp_path):
    progress.save("solved", "gd-step", True, tmp_path)
    progress.save("guesses", "gd-first-step", "x = 0", tmp_path)
    kept = {"solved": {"gd-step": True}, "guesses": {"gd-first-step": "x = 0"}}
    assert progress.load(tmp_path) == kept
    assert [path.name for path in (tmp_path / ".nnkit").iterdir()] == ["progress.json"]


def test_what_is_forgotten_is_to_do_again_and_nothing_else(tmp_path):
    progress.save("solved", "gd-step", True, tmp_path)
    progress.save("solved", "gd-slope", True, tmp_path)
    progress.forget("solved", "gd-step", tmp_path)
    progress.forget("solved", "never done", tmp_path)
    assert progress.load(tmp_path)["solved"] == {"gd-slope": True}


def test_a_damaged_file_is_set_aside_not_overwritten(tmp_path):
    path = tmp_path / progress.FILE
    path.parent.mkdir()
    for damage in "{", "[]", json.dumps({"solved": 3}):
        path.write_text(damage)
        progress.save("solved", "gd-step", True, tmp_path)
        assert progress.load(tmp_path)["solved"] == {"gd-step": True}
        assert path.with_suffix(".json.unreadable").read_text() == damage
