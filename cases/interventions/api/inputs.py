"""What is sent about an intervention."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from api.fields import DayInput, Flag, Text
from api.inputs import Body


class FollowUpBody(Body):
    followed_up_on = DayInput()
    child_took_part = Flag()
    note = Text(help_text=gettext_lazy("What the follow-up showed."))
