"""What is on record, in the formats of other programs: graphs, timelines, CASE, STIX, Parquet."""
