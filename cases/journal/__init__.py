"""The journal of a child: notes, and the line of all that has happened."""
