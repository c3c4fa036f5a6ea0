"""Where a network's staff checked and published an edition; see publication."""

PAGES: list[object] = []
