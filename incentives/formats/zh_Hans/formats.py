"""Large figures in groups of three, as in 1,234,567; days without leading zeros: 9月5日."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
MONTH_DAY_FORMAT = "n月j日"
