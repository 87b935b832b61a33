"""The backend that answers object permissions for Django, its admin and REST framework."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from organisation.object_permissions import ObjectPermissions


class ObjectPermissionsNow(ObjectPermissions):
    """What holds at the moment of asking."""

    def moment(self) -> datetime:
        return timezone.now()
