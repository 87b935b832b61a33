"""Unit statistics: the months, closed and kept."""
