"""Texts that keep their versions: signing them, and adding to what is signed."""
