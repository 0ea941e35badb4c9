"""From files to hashes: pictures, frames of videos, and what lies in one file beside them."""
