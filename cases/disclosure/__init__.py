"""A party's access to the file: collected, masked, approved, handed over."""
