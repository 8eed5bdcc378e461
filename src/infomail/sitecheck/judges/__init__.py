"""Judges: programs of others that look at the site, where this machine has them."""
