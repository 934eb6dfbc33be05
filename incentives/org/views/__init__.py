"""Pages of people, teams and the own profile."""
