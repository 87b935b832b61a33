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
            "",
            "| Action | " + " | ".join(str(role.label) for role in roles) + " |",
            "|---|" + "---|" * len(roles),
        ]
        for action, row in TABLE.items():
            cells = [_WORDS[row.get(role, Reach.NONE)] for role in roles]
            lines.append(f"| `{action}` | " + " | ".join(cells) + " |")
        lines += [
            "",
            "No access to any case: "
            + ", ".join(str(role.label).lower() for role in without)
            + ". They see aggregates, or run the system.",
            "",
            "A unit's delegation order can give the decisions to open, extend and conclude to more",
            "roles; such a right reaches as far as the role reads. A unit head can give a named",
            "person the right to read one report or investigation, with the reason in the trail.",
            "",
        ]
    return "\n".join(lines)
