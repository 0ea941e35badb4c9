"""Results as columns: one declaration for `MatchBatch`, `batch` and `report --format parquet`."""
