"""What the reports room does for somebody: draw a document up, take the order, make the file."""
