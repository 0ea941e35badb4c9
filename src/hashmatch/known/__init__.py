"""What is known: hash lists with everything that searches them, in memory or in an index."""
