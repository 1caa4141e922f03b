"""Views of the control API, by subject; `routes` says which operation each belongs to."""
