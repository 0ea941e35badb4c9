"""Kinds of containers of disk images: one kind a module."""
