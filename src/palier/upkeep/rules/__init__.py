"""Rules of upkeep: what an archive says of itself, which archives stay."""
