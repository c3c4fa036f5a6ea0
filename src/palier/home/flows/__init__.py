"""What the landing page shows, what a search finds, whether the service is ready."""
