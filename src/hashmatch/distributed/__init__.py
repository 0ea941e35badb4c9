"""The same matcher on existing engines, and on tables: no engine is imported here."""
