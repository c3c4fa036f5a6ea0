"""From individual answers to the organisation's: opened together, talked over, agreed on."""
