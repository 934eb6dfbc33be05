"""Analytics: figures along time, over the hours of the week and across people. Charts, no ranking."""
