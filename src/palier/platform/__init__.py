"""Those who run the installation: organisations, jobs, questionnaires, health, and visits with a reason."""
