"""Disk images: the containers that they are kept in, and the volumes that lie on them."""
