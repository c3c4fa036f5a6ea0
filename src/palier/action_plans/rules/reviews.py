"""What a review changes of an action, and when the next one is due. Source: docs/method.md#actions."""

from dataclasses import replace
from datetime import date

from palier.action_plans.rules.life import Facts, Stage, settled
from palier.action_plans.rules.schedule import add_months


def reviewed(facts: Facts, stage: Stage, on: date) -> Facts:
    """`facts` after a review on the day `on` that left the action at `stage`; the next one by its rhythm, if any."""
    return settled(replace(facts, stage=stage, next_review_on=next_review(facts.review_every_months, on)))


def next_review(every_months: int | None, after: date) -> date | None:
    """The day of the next review; None without a rhythm."""
    return add_months(after, every_months) if every_months else None
