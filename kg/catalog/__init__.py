"""The data set as others find and fetch it: its dumps, and its description in DCAT and VoID."""
