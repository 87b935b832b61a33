"""What statutes and routines say of a case, with their paragraphs. Pure: nothing reads data."""
