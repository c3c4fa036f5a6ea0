"""Public pages, the landing page of an organisation, search, help, and what platforms ask."""
