"""Measurements that users make on their own pictures, lists and machines."""
