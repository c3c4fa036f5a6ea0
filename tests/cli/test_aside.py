"""What is asked aside: answered or raised here, loaded there."""

import os
import signal
import sys
from importlib import import_module

import pytest

from palier.cli.children import aside
from palier.cli.database import CannotStart


def refused() -> None:
    raise CannotStart("the file changed")


def ended() -> None:
    os._exit(3)


def interrupted() -> str:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(os.getpid(), number)
    return "went on"


def loaded() -> int:
    import_module("wave")
    return os.getpid()


def test_what_is_raised_aside_is_raised_where_it_was_asked() -> None:
    with pytest.raises(CannotStart, match="the file changed"):
        aside(refused)


def test_a_copy_that_ends_without_a_word_is_no_answer() -> None:
    with pytest.raises(ChildProcessError, match="status 3"):
        aside(ended)


def test_what_is_loaded_to_answer_is_not_held() -> None:
    sys.modules.pop("wave", None)
    assert aside(loaded) != os.getpid()
    assert "wave" not in sys.modules


def test_a_signal_to_all_of_us_is_judged_by_whoever_asked() -> None:
    assert aside(interrupted) == "went on"
