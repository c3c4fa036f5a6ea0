"""What a consultant does with their clients."""
