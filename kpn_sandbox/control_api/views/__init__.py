"""Views of the control API, grouped by what they are about."""
