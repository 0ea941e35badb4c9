"""Hash exchanges: lists that their publishers hand out over the network, kept up to date."""
