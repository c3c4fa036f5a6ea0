"""The network's cockpit: members, campaigns, cohort health, directory, its own look, bulletins."""
