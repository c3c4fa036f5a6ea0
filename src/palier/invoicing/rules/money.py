"""Lines, tax and totals in whole cents, rounded as EN 16931 rounds: half away from zero, once for each category of VAT."""

from collections.abc import Sequence
from dataclasses import dataclass

_WHOLE = 10_000
"""A rate is in hundredths of a percent: 2000 is 20 %."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is sold: `quantity` times `unit` cents without VAT, less `discount` cents. Raises ValueError for less than nothing."""

    label: str
    quantity: int
    unit: int
    discount: int = 0
    discount_reason: str = ""
    detail: str = ""

    def __post_init__(self) -> None:
        if self.quantity < 1 or self.unit < 0 or self.discount < 0 or self.net < 0:
            raise ValueError("a line sells at least one of something, and takes off no more than it costs")
        if bool(self.discount) != bool(self.discount_reason):
            raise ValueError("a discount has a reason, and a reason a discount")

    @property
    def gross(self) -> int:
        return self.quantity * self.unit

    @property
    def net(self) -> int:
        """Cents without VAT, discount taken off."""
        return self.gross - self.discount


def net_of(lines: Sequence[Line]) -> int:
    """Cents without VAT of all lines."""
    return sum(line.net for line in lines)


def tax_on(net: int, rate: int) -> int:
    """VAT in cents on `net` cents at `rate` hundredths of a percent."""
    return (net * rate * 2 + _WHOLE) // (2 * _WHOLE)


def tax_of_part(before: int, net: int, rate: int) -> int:
    """VAT to give back on `net` cents after `before` cents were given back: parts come to what the whole would."""
    return tax_on(before + net, rate) - tax_on(before, rate)
