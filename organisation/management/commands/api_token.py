"""Make, list and take back keys to the API."""

from __future__ import annotations

from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import DomainError
from organisation import tokens
from organisation.enums import TokenScope
from organisation.models import User


class Command(BaseCommand):
    help = "Print a new token for the API; it acts as the user and is shown this once only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", nargs="?", help="whose token it is")
        parser.add_argument(
            "--days",
            default=str(tokens.DEFAULT_DAYS),
            help=f"how long it is valid, 1-{tokens.MOST_DAYS} (default {tokens.DEFAULT_DAYS})",
        )
        parser.add_argument(
            "--scope",
            action="append",
            metavar="SCOPE",
            help="what it may be used for; give it several times for several; everything its user "
            f"may do when left out: {', '.join(TokenScope.values)}",
        )
        parser.add_argument("--name", default="", help="what it is for, to tell it by in lists")
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument(
            "--list", action="store_true", help="list the user's valid tokens instead"
        )
        instead.add_argument(
            "--revoke", metavar="PREFIX", help="take back the token that begins so, instead"
        )

    @pghistory.context(user=None, command="api_token")
    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        username = options["username"] or ""
        if not username:
            raise CommandError("give the name of the user the token is for")
        user = None
        if "\x00" not in username:
            user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"there is no user {username!r}")
        try:
            if options["list"]:
                for row in tokens.valid_tokens(user, at=at):
                    used = f"{row.last_used_at:%Y-%m-%d}" if row.last_used_at else "never"
                    self.stdout.write(
                        f"{row.prefix}  made {row.created_at:%Y-%m-%d}"
                        f"  expires {row.expires_at:%Y-%m-%d}  used {used}"
                        f"  {','.join(row.scopes)}  {row.name}".rstrip()
                    )
            elif options["revoke"] is not None:
                row = tokens.revoke(user, options["revoke"].replace("\x00", ""), by=None, at=at)
                self.stdout.write(f"{row.prefix} revoked")
            else:
                days = str(options["days"])
                if not (days.isascii() and days.isdigit() and len(days) < 9):
                    raise CommandError(f"--days is a whole number, not {days!r}")
                token = tokens.issue(
                    user,
                    days=int(days),
                    scopes=options["scope"] or [TokenScope.ALL],
                    name=options["name"].replace("\x00", ""),
                    by=None,
                    at=at,
                )
                self.stdout.write(token)
        except DomainError as error:
            raise CommandError(str(error)) from None
