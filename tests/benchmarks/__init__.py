"""Tests of the benchmarks: what they measure is what they say."""
