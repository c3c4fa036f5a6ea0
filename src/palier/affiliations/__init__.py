"""Units (sites, branches) under a parent organisation, and the letters that ask an organisation to join something."""
