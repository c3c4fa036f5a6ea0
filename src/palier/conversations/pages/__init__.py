"""What the pages of every room that lets people talk share."""
