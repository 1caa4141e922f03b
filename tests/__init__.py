"""Tests of the sandbox, one folder for each package of it."""
