"""The solver behind capacity planning: HiGHS, alone in a process of its own. Decision: docs/decisions/0008.

`python -m palier.action_plans.solving` reads a pickled problem and writes the pickled proposal.
"""

import pickle
import resource
import sys

import highspy

from palier.action_plans.rules.linear import Program, Solution
from palier.action_plans.rules.proposing import propose

MOST_NODES = 20_000
"""Branches looked at before the search stops. Not a time: the same problem has the same answer on a slow day."""

TIGHT = 1e-9
"""How far from whole, or past a limit, a solution may be: rows of a hundred points make it a ten-millionth of a point."""

PRESOLVE = "off"
"""HiGHS 1.15 loses solutions in it at such a tolerance: found by trying out every choice. Programmes are small without."""

MOST_MEMORY = 2_000_000_000
"""Bytes of address space."""

MOST_SECONDS = 60
"""Seconds of work."""

_SOLVED = {
    highspy.HighsModelStatus.kOptimal,
    highspy.HighsModelStatus.kSolutionLimit,
    highspy.HighsModelStatus.kIterationLimit,
}


def solve(program: Program) -> Solution | None:
    """The best solution: one thread, a fixed seed, so always the same one."""
    solver = _loaded(program)
    solver.run()
    if solver.getModelStatus() not in _SOLVED:
        return None
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    found = solver.getSolution().col_value
    values = {
        name: float(round(value)) if column.whole else value
        for (name, column), value in zip(program.columns.items(), found, strict=True)
    }
    whole = any(column.whole for column in program.columns.values())
    bound = info.mip_dual_bound if whole else info.objective_function_value
    return Solution(values, bound + float(program.goal.constant))


def _loaded(program: Program) -> highspy.Highs:
    solver = highspy.Highs()
    options: dict[str, bool | int | float | str] = {
        "output_flag": False, "presolve": PRESOLVE, "threads": 1, "random_seed": 0, "mip_rel_gap": 0.0, "mip_abs_gap": 1e-7,
        "mip_max_nodes": MOST_NODES, "mip_feasibility_tolerance": TIGHT, "primal_feasibility_tolerance": TIGHT,
    }  # fmt: skip
    for option, value in options.items():
        solver.setOptionValue(option, value)
    place = {name: number for number, name in enumerate(program.columns)}
    for name, column in program.columns.items():
        solver.addVar(column.low, column.high)
        solver.changeColCost(place[name], float(program.goal.terms.get(name, 0)))
        if column.whole:
            solver.changeColIntegrality(place[name], highspy.HighsVarType.kInteger)
    solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
    for row in program.rows:
        numbers, limit = row.scaled()
        solver.addRow(
            -highspy.kHighsInf, limit, len(numbers), [place[name] for name in numbers], [*numbers.values()]
        )
    return solver


def main() -> None:
    """One problem in, one proposal out, within limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    problem = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by the parent process
    pickle.dump(propose(problem, solve), sys.stdout.buffer)


if __name__ == "__main__":
    main()
