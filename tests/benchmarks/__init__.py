"""Tests of the benchmarks: they run and print their measurements."""
