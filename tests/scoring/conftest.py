"""Fixtures that several tests of scoring share."""

from tests.scoring.kpi_data import channels, played, refund_rate, refunds, worked

__all__ = ["channels", "played", "refund_rate", "refunds", "worked"]
