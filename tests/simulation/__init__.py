"""Tests of the center: by calls, without HTTP and without a clock."""
