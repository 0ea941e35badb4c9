"""Disk images in parts: volumes are surveyed, and what lies on them is read, by many workers."""
