"""Xinqiao (信桥): a city's small-business credit platform."""
