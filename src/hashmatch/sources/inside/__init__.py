"""What lies inside files: members of archives, documents, mail and databases."""
