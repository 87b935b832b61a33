"""Named reads of notices."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from organisation.permissions import Access


class NoticeQuerySet(models.QuerySet):
    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def of(self, user_id: int) -> Self:
        return self.filter(recipient_id=user_id)

    def shown_to(self, access: Access) -> Self:
        """The person's own notices, but of no child they have a conflict of interest with."""
        mine = self.of(access.user_id)
        if access.blocked:
            for about in ("matter", "deadline", "emergency"):
                child = f"{about}__child"
                mine = mine.filter(
                    Q(**{f"{child}__isnull": True}) | ~Q(**{f"{child}__in": access.blocked})
                )
        return mine

    def with_matter(self) -> Self:
        """The case each is about, by its number alone."""
        return self.select_related("matter", "deadline__matter").only(
            "kind",
            "rung",
            "due_on",
            "topic_id",
            "created_at",
            "read_at",
            "emergency",
            "matter__number",
            "matter__kind",
            "deadline__kind",
            "deadline__due_on",
            "deadline__matter__number",
            "deadline__matter__kind",
        )
