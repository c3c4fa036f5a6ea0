"""What Palier costs, measured: `python -m benchmarks` (or `make bench`) prints one report and writes docs/performance.md."""
