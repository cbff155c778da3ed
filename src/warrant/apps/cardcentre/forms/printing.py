"""How cards are printed on the blanks at hand."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from warrant.apps.cardcentre.services.faces import PrintLayout
from warrant.core.ports import FacePart

FARTHEST = 3


class PrintForm(forms.Form):
    """What of the face is printed, and by how many millimetres it is moved to meet the blank."""

    part = forms.ChoiceField(
        label=_("打印内容"),
        required=False,
        choices=[
            ("", _("按空白卡：已印好版面的只印个人内容")),
            (FacePart.WHOLE.value, _("整张卡面（白卡）")),
            (FacePart.PERSONAL.value, _("只印个人内容（已印好版面的卡）")),
        ],
    )
    right = forms.FloatField(
        label=_("右移（毫米）"), required=False, min_value=-FARTHEST, max_value=FARTHEST, step_size=0.1
    )
    up = forms.FloatField(
        label=_("上移（毫米）"), required=False, min_value=-FARTHEST, max_value=FARTHEST, step_size=0.1
    )

    def layout(self) -> PrintLayout:
        """Return what a valid form asks for."""
        data = self.cleaned_data
        part = FacePart(data["part"]) if data["part"] else None
        return PrintLayout(part, (data["right"] or 0.0, data["up"] or 0.0))
