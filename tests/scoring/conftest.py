"""Fixtures that several tests of scoring share."""

from tests.scoring.appeal_data import week
from tests.scoring.board_data import people
from tests.scoring.kpi_data import channels, played, refund_rate, refunds, worked

__all__ = ["channels", "people", "played", "refund_rate", "refunds", "week", "worked"]
