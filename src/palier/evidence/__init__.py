"""What backs the answers: files and links of the organisation, attached to criteria of its rounds."""
