"""Benchmarks: `make bench` prints a table and appends each figure to .data/bench.jsonl."""
