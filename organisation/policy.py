"""The access policy as a table to read, written from `organisation.permissions.TABLE`. Pure."""

from django.utils.translation import override

from organisation.enums import Role
from organisation.permissions import TABLE, Reach

_WORDS = {
    Reach.NONE: "",
    Reach.OWN: "own",
    Reach.GROUP: "group",
    Reach.INTAKE: "group + undecided",
    Reach.UNIT: "unit",
    Reach.BELOW: "figures below",
}


def markdown() -> str:
    """The text of docs/access.md: a row per action, a column per role that has any right."""
    roles = [role for role in Role if any(role in row for row in TABLE.values())]
    without = [role for role in Role if role not in roles]
    with override("en"):
        lines = [
            "# Who may do what",
            "",
            "Generated from `TABLE` in `organisation/permissions.py`; change it there, not here.",
            "",
            "- **own**: what one handles, has logged or stands in for today",
            "- **group**: what belongs to the group where the role is held",
            "- **group + undecided**: the group's, and every undecided report of the unit",
            "- **unit**: everything in the unit",
            "- **figures below**: aggregates of every unit below the node, never a person",
            "",
            "| Action | " + " | ".join(str(role.label) for role in roles) + " |",
            "|---|" + "---|" * len(roles),
        ]
        for action, row in TABLE.items():
            cells = [_WORDS[row.get(role, Reach.NONE)] for role in roles]
            lines.append(f"| `{action}` | " + " | ".join(cells) + " |")
        lines += [
            "",
            "No rights today: "
            + ", ".join(str(role.label).lower() for role in without)
            + ". The placement secretary reads placements and their cases, never a case without"
            " one.",
            "",
            "A unit's delegation order can give the decisions to open, extend and conclude to more",
            "roles; such a right reaches as far as the role reads.",
            "",
            "## Beside the table",
            "",
            "- **Individual grants**: the unit head can give a named member of the staff the",
            "  right to read one report or investigation, for a stated need or an audit round,",
            "  from a day to a day. It ends by itself, and with the last role in the unit.",
            "- **Emergency opening**: `emergency_open` lets its holder read all of one child's",
            "  matters in the own unit for 1 to 24 hours, with a written reason. It never gives a",
            "  right to change anything. The unit head is told at once and reviews each one.",
            "- **Conflict of interest**: a blocked person reaches nothing of the child, whatever",
            "  the table, a grant or an absence stood in for would give; nor is the child in any",
            "  number counted for that person.",
            "- **Protected identity**: `see_protected_whereabouts` counts only while a matter is",
            "  open and for its workers of the day; a grant or an emergency opening gives it only",
            "  when it says so.",
            "",
        ]
    return "\n".join(lines)
