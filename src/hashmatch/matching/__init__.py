"""Items meet what is known: pictures by near hashes, videos by frames in their order of time."""
