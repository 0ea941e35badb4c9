"""Hashes of files: pictures, frames of videos, and what lies in one file beside them."""
