"""Plays ITX against a user's own Custom KPI endpoint: fetches a panel, checks it by the documented rules, shows it."""
