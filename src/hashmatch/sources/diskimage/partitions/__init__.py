"""What divides a disk: one scheme a module."""
