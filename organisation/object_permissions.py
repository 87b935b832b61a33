"""Permissions on one object, for `user.has_perm` and django-guardian's tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy
from guardian.backends import ObjectPermissionBackend
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase
from guardian.utils import get_user_obj_perms_model

from core.calendar import local_date
from core.constraints import ordered
from organisation.permissions import Access, access_for

# Rights given by hand on one object


class ObjectGrantManager(UserObjectPermissionManager):  # type: ignore[type-arg]
    """The manager of every such model, made with the model's queryset (`from_queryset`)."""


class ObjectGrant(UserObjectPermissionBase):
    """A permission on one object, given by name from a day to a day, both included.

    A model of its own for each kind of object adds `content_object`, a foreign key. Taken back
    early, a grant counts from that moment as never given. It also ends with the last role in
    `unit`, and where the object's child is one the person has a conflict of interest with.
    """

    user = models.ForeignKey("organisation.User", models.PROTECT, related_name="%(class)ss")
    permission = models.ForeignKey("auth.Permission", models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisation.OrgUnit", models.PROTECT, related_name="+")
    reason = models.TextField(gettext_lazy("reason"))
    from_on = models.DateField(gettext_lazy("from"))
    until_on = models.DateField(gettext_lazy("to"))
    granted_by = models.ForeignKey("organisation.User", models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(gettext_lazy("given"))
    ended_by = models.ForeignKey(
        "organisation.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(gettext_lazy("taken back"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.user_id} {self.from_on} - {self.until_on}"

    @staticmethod
    def constraints(name: str) -> list[models.BaseConstraint]:
        """What no row of such a table can contradict; `name` is `<app>_<model>`."""
        return [
            ordered(f"{name}_days_ordered", "from_on", "until_on"),
            # By nobody when it was time that did: the person left.
            models.CheckConstraint(
                name=f"{name}_ending",
                condition=Q(ended_at__isnull=False) | Q(ended_by__isnull=True),
            ),
            models.CheckConstraint(name=f"{name}_has_reason", condition=~Q(reason="")),
        ]

    @staticmethod
    def in_force(on: date) -> Q:
        """The condition of a grant that counts on the day."""
        return Q(ended_at__isnull=True, from_on__lte=on, until_on__gte=on)


ObjectRule = Callable[[Access, models.Model], bool]


@cache
def _object_rules() -> Mapping[str, ObjectRule]:
    """Permissions that a role, too, can give: asked of what decides it for our pages."""
    return {
        permission: cast(ObjectRule, import_string(dotted))
        for permission, dotted in settings.OBJECT_PERMISSIONS.items()
    }


class ObjectPermissions(ObjectPermissionBackend):
    """Django's question `user.has_perm(permission, object)`, answered as our pages answer it.

    A permission of the setting OBJECT_PERMISSIONS is answered by its rule, which knows roles,
    grants, emergency openings and conflicts of interest. Any other is held by a grant in force.
    Without an object nothing is permitted: what one may do follows from where one works.
    """

    def moment(self) -> datetime:
        """When it is asked; the clock is read by who serves it (`organisation.views.backends`)."""
        raise NotImplementedError

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if obj is None or not user_obj.is_authenticated or not user_obj.is_active:
            return False
        name = perm if "." in perm else f"{obj._meta.app_label}.{perm}"
        at = self.moment()
        access = access_for(user_obj, on=local_date(at), at=at)
        # A rule knows whether the object is its own: a kind's row may lie in another app.
        if (rule := _object_rules().get(name)) is not None:
            return rule(access, obj)
        app, code = name.split(".", 1)
        return app == obj._meta.app_label and code in self._given(access, obj)

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Code names of the permissions the person has on the object."""
        if obj is None or not user_obj.is_authenticated or not user_obj.is_active:
            return set()
        at = self.moment()
        access = access_for(user_obj, on=local_date(at), at=at)
        given = self._given(access, obj)
        for name, rule in _object_rules().items():
            code = name.split(".")[1]
            (given.add if rule(access, obj) else given.discard)(code)
        return given

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """None: nothing is given to groups of Django."""
        return set()

    def _given(self, access: Access, obj: Any) -> set[str]:
        if getattr(obj, "child_id", None) in access.blocked:
            return set()
        grants = cast(Any, get_user_obj_perms_model(obj))
        if not issubclass(grants, ObjectGrant):
            return set()
        rows = grants.objects.filter(
            ObjectGrant.in_force(access.on),
            user_id=access.user_id,
            content_object=obj,
            unit_id__in=access.units,
        )
        return set(rows.values_list("permission__codename", flat=True))
