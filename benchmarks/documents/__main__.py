"""`python -m benchmarks.documents`."""

from benchmarks.documents import main

if __name__ == "__main__":
    main()
