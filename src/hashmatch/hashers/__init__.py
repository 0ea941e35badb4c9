"""Pictures to bits: one file per algorithm family, one class per algorithm."""
