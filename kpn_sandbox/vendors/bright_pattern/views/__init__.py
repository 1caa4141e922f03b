"""Views of Bright Pattern's API, grouped by what they are about."""
