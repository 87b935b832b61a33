"""What every text that can be signed holds, and the guard that keeps a signed text as it is."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.signing.signatures import CONTENT, DIGEST, DIGEST_LENGTH
from core.history import Guard
from organisation.enums import Role
from organisation.models import User

SIGNER = 301
"""Characters of a signer's name: a first name, a space and a last name."""


class Signable(models.Model):
    """Who signed, when, in what capacity, and the digest of exactly what was signed.

    `signed_name`, `signed_role` and `signed_title` are those of the day: a new surname or a later
    change of employment does not touch them. `cases.signing.signatures` says what the digest is
    made of; it carries the version of that.
    """

    signed_at = models.DateTimeField(_("signed"), null=True, blank=True)
    signed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed by")
    )
    signed_name = models.CharField(_("name"), max_length=SIGNER, blank=True, default="")
    signed_role = models.CharField(_("role"), max_length=40, blank=True, default="")
    signed_title = models.CharField(_("title"), max_length=120, blank=True, default="")
    signed_digest = models.CharField(_("digest"), max_length=DIGEST_LENGTH, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None

    @property
    def signer(self) -> str:
        """The name it was signed with, whatever its owner is called now."""
        return self.signed_name or str(self.signed_by or "")

    @property
    def signed_as(self) -> str:
        """Role and title at the time, in words."""
        return capacity(self.signed_role, self.signed_title)


def capacity(role: str, title: str) -> str:
    """A role's words and a title, as they stand beside a signature; empty for neither."""
    label = str(Role(role).label) if role in Role.values else ""
    return ", ".join(filter(None, [title, label]))


SIGNATURE = (
    "signed_at",
    "signed_by_id",
    "signed_name",
    "signed_role",
    "signed_title",
    "signed_digest",
)


def signature_whole(name: str) -> models.CheckConstraint:
    """A signature has its time, its person and its digest, or there is none."""
    return models.CheckConstraint(
        name=name,
        condition=Q(signed_at__isnull=True, signed_by__isnull=True, signed_digest="")
        | Q(signed_at__isnull=False, signed_by__isnull=False, signed_digest__regex=DIGEST),
    )


def locked(name: str, when: str, *columns: str) -> Guard:
    """Refuse every change of `columns` in a row where the column `when` is filled."""
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns)
    return Guard(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f'IF OLD."{when}" IS NOT NULL AND ({changed}) THEN'
        " RAISE EXCEPTION 'signed rows of % are not changed', TG_TABLE_NAME"
        " USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NEW;",
    )


def unsealable(name: str, *columns: str) -> Guard:
    """Refuse every change of `columns` in a sealed row but the taking away of the seal itself.

    A conclusion that is reversed takes it away, in an act of its own that changes nothing else.
    """
    others = [column for column in columns if column != "sealed_at"]
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in others)
    return Guard(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func='IF OLD."sealed_at" IS NOT NULL AND ('
        ' (NEW."sealed_at" IS NOT NULL AND OLD."sealed_at" IS DISTINCT FROM NEW."sealed_at")'
        f" OR {changed}) THEN"
        " RAISE EXCEPTION 'signed rows of % are not changed', TG_TABLE_NAME"
        " USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NEW;",
    )


def named(prefix: str) -> Guard:
    """Write the name of the day beside a signature in the columns of that prefix, whoever signs.

    Called so that it comes before the locks, which go by name.
    """
    return Guard(
        name=f"named_as_{prefix}",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"IF NEW.{prefix}_by_id IS NOT NULL AND NEW.{prefix}_name = '' THEN"  # noqa: S608
        " SELECT coalesce(nullif(btrim(u.first_name || ' ' || u.last_name), ''), u.username)"
        f" INTO NEW.{prefix}_name FROM organisation_user u WHERE u.id = NEW.{prefix}_by_id;"
        " END IF; RETURN NEW;",
    )


class WithItsMatter(Guard):
    """Refuse a text that says it is about another child or unit than its matter."""

    name = "stands_with_its_matter"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    func = (
        "IF NOT EXISTS (SELECT FROM cases_matter m WHERE m.id = NEW.matter_id"
        " AND m.unit_id = NEW.unit_id AND m.child_id IS NOT DISTINCT FROM NEW.child_id)"
        " THEN RAISE EXCEPTION 'the matter of % says otherwise', TG_TABLE_NAME"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;"
    )


def kept(name: str, when: str) -> Guard:
    """Refuse to delete a row where the column `when` is filled."""
    return Guard(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func=f'IF OLD."{when}" IS NOT NULL THEN'
        " RAISE EXCEPTION 'signed rows of % are not deleted', TG_TABLE_NAME"
        " USING ERRCODE = 'insufficient_privilege'; END IF; RETURN OLD;",
    )


def signed_guards(kind: str, *beside: str) -> list[Guard]:
    """Lock what has been signed of that kind of text, the signature, and the columns `beside`."""
    return [
        named("signed"),
        locked("signed_is_locked", "signed_at", *CONTENT[kind].ever, *beside, *SIGNATURE),
        kept("signed_is_kept", "signed_at"),
    ]
