"""Facts' totals as figures: measures, KPIs, metrics and windows; the lowest floor above the tables."""
