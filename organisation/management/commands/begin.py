"""The first step of a new installation: the municipality and who runs the system."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.calendar import local_date
from core.errors import DomainError
from organisation.services import tree


class Command(BaseCommand):
    help = (
        "Make the municipality and its first system administrator in an empty installation. The "
        "password is asked for, or read as one line from standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="what the system administrator signs in as")
        parser.add_argument("--municipality", required=True, help="its name")
        parser.add_argument("--code", required=True, help="its code, such as STAD")
        parser.add_argument("--first-name", required=True)
        parser.add_argument("--last-name", required=True)
        parser.add_argument("--email", default="", help="for the morning mail")

    @pghistory.context(user=None, command="begin")
    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if sys.stdin.isatty():
            password = getpass.getpass("Password: ")
            if getpass.getpass("Again: ") != password:
                raise CommandError("The two passwords differ.")
        else:
            password = sys.stdin.readline().rstrip("\n")
        try:
            user = tree.begin(
                municipality=options["municipality"],
                code=options["code"],
                username=options["username"],
                first_name=options["first_name"],
                last_name=options["last_name"],
                email=options["email"],
                password=password,
                on=local_date(now),
                at=now,
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{user.username} can sign in and build the organisation.")
