"""Large figures in groups of three, as business figures are written in China: 1,234,567."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
