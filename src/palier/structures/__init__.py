"""Several organisations seen together: the units of one parent rolled up, the groups of one territory by consent."""
