"""One test for a rule over many files: five thousand tests, one a file, cost half a minute only to be counted."""

from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]


def of_each(paths: Iterable[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """Make a rule about one file a test of all `paths`, which names every file that breaks it and why."""

    def as_one_test(rule: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            faults = [
                f"{path.relative_to(ROOT)}: {fault}" for path in paths if (fault := fault_of(rule, path))
            ]
            assert not faults, "\n" + "\n".join(faults)

        test.__name__, test.__doc__ = rule.__name__, rule.__doc__
        return test

    return as_one_test


def fault_of(rule: Callable[[Path], None], path: Path) -> str:
    """What `rule` has against a file; empty when it keeps it."""
    try:
        rule(path)
    except AssertionError as fault:
        return str(fault) or "breaks the rule"
    return ""
