"""Evidence to items: one file per kind of evidence."""
