"""What people do with assessments: one function, one transaction each."""
