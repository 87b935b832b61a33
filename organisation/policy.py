"""The roles and the access policy as tables to read, written from `ROLES` and `TABLE`. Pure."""

from django.utils.translation import override

from organisation.enums import Level, Role
from organisation.rights import TABLE, Reach
from organisation.roles import ROLES, RoleSpec

_WORDS = {
    Reach.NONE: "",
    Reach.OWN: "own",
    Reach.GROUP: "group",
    Reach.INTAKE: "group + undecided",
    Reach.UNIT: "unit",
    Reach.BELOW: "figures below",
}


def _yes(answer: bool) -> str:
    return "yes" if answer else ""


def _held_at(spec: RoleSpec) -> str:
    at = [str(level.label).lower() for level in Level if level in spec.levels]
    return "anywhere" if len(at) == len(Level) else ", ".join(at)


def _roles() -> list[str]:
    """A row per role, the most responsible first. Labels in the language that is active."""
    return [
        "## Roles",
        "",
        "Generated from `ROLES` in `organisation/roles.py`, the most responsible role first.",
        "",
        "- **held at**: where in the tree it can be held",
        "- **leads**: answers for the staff where it is held",
        "- **handler**: can be a handler of an investigation in its group",
        "- **carries cases**: counted among the workers and measured; another handler is shown",
        "  only while having a case",
        "- **stood in for**: comes with an absent colleague's casework to the stand-in",
        "- **start page**: where the day begins; the setting `START_PAGES` names who provides it",
        "",
        "| Role | Held at | Leads | Handler | Carries cases | Stood in for | Start page |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {spec.role.label} | {_held_at(spec)} | {_yes(spec.leads)} | {_yes(spec.handles)}"
            f" | {_yes(spec.carries_cases)} | {_yes(spec.stood_in_for)} | `{spec.start}` |"
            for spec in ROLES.values()
        ),
        "",
    ]


def markdown() -> str:
    """The text of docs/access.md: a row per action, a column per role that has any right."""
    roles = [role for role in Role if any(role in row for row in TABLE.values())]
    without = [role for role in Role if role not in roles]
    with override("en"):
        lines = [
            "# Who may do what",
            "",
            *_roles(),
            "## Rights",
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
            "  right to read one matter of any kind, for a stated need or an audit round, from a",
            "  day to a day. It ends by itself, thirty days after the matter if that was open when",
            "  it began, and with the last role in the unit. Django's own question,",
            '  `user.has_perm("cases.read_matter", matter)`, gets the same answer.',
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
