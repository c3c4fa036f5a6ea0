"""Who answers a round: asked, assigned, invited, reminded."""
