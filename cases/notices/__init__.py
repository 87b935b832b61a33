"""Telling people: notices in the program, the morning mail."""
