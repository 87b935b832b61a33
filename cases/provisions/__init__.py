"""What one person is given and denied case by case: grants, openings, conflicts."""
