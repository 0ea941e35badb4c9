"""Who had what, and where it travelled: links in the record of sightings, without a picture."""
