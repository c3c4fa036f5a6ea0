"""What people do with individual answers: open them, look at them together, agree."""
