"""What is held about people and organisations: reading the trail, taking data away, erasing, keeping times."""
