"""KPIs as people see and edit them: the explorer, the catalogue, measures of one's own."""
