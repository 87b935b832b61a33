"""Every change of the organisation: the tree, its people, roles, employments, absences."""
