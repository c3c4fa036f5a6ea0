"""What people say under a piece of work, and the files they put beside it: the same for every room that has something to discuss."""
