"""What is typed on the certificate pages."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from warrant.apps.certificates.models import LossNotice
from warrant.apps.certificates.selectors import units_to_pick
from warrant.apps.certificates.selectors.listing import FILTERS, CertificateListing, cards_of_certificates
from warrant.apps.certificates.selectors.listing_words import value_in_words
from warrant.apps.certificates.services.losses import NoticeEntry
from warrant.apps.certificates.types import ACTION_FACES, STATE_FACES
from warrant.apps.foundation.forms import DayInput
from warrant.apps.officers.forms import code_choices
from warrant.apps.officers.services.documents import LARGEST_DOCUMENT_BYTES
from warrant.core.access import Actor
from warrant.core.lifecycle.certificate_grounds import DECLARATIONS, MOST_WHERE, Declared, grounds_on
from warrant.core.standards.codes import ENFORCEMENT_CATEGORY


class DeclarationForm(forms.Form):
    """Ground, term and facts of one act on ``on``; the service says what is too little or too much."""

    ground = forms.ChoiceField(
        label=_("事由"),
        error_messages={
            "required": _("请从列表中选择事由"),
            "invalid_choice": _("请从列表中选择事由"),
        },
    )
    until = forms.DateField(
        label=_("暂扣至"),
        required=False,
        error_messages={"invalid": _("请按 2026-11-22 的样子填写日期")},
        help_text=_("到这一天须决定发还、延长或者终结；不会自动发还。"),
        widget=DayInput,
    )
    reason = forms.CharField(
        label=_("理由"),
        required=False,
        help_text=_("写明事实和依据；写入证件经过，不可修改。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    reason.required = True
    use_required_attribute = False

    def __init__(self, action: str, on: date, *args: Any, **keywords: Any) -> None:
        """Offer the grounds that count for ``action`` on the day, and the term where the act asks for one."""
        super().__init__(*args, **keywords)
        grounds = [(ground.code, _(ground.name)) for ground in grounds_on(action, on)]
        ground_field = cast(forms.ChoiceField, self.fields["ground"])
        ground_field.choices = [("", _("请选择")), *grounds]
        if not DECLARATIONS[action].asks_until:
            del self.fields["until"]

    @property
    def declared(self) -> Declared:
        """What was typed, once the form is valid."""
        typed = self.cleaned_data
        return Declared(typed["reason"], typed["ground"], typed.get("until"))


class LossNoticeForm(forms.Form):
    """Where and when a loss was published, with the page of the paper or site."""

    where = forms.CharField(
        label=_("刊登于"),
        max_length=MOST_WHERE,
        help_text=_("报纸或者网站的名称"),
        error_messages={"required": _("请填写刊登遗失声明的报纸或者网站")},
    )
    happened_on = forms.DateField(
        label=_("刊登日期"),
        widget=DayInput,
        error_messages={"required": _("请填写日期"), "invalid": _("请按 2026-11-22 的样子填写日期")},
    )
    proof = forms.FileField(
        label=_("证明文件"),
        error_messages={"required": _("请上传证明文件"), "empty": _("文件是空的；请核对所选文件")},
        help_text=_("刊登遗失声明的报纸版面或者网页截图，PDF、JPEG 或 PNG，不超过 10 MB"),
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
    )

    use_required_attribute = False

    def __init__(self, kept: LossNotice | None, *args: Any, **keywords: Any) -> None:
        """Begin with what was recorded before."""
        if kept is not None:
            keywords.setdefault("initial", {"where": kept.where, "happened_on": kept.happened_on})
        super().__init__(*args, **keywords)
        if kept is not None:
            self.fields["proof"].required = False
            self.fields["proof"].help_text = _("已有 %(name)s；不选新文件即保留") % {
                "name": kept.document.file_name
            }

    def clean_proof(self) -> UploadedFile | None:
        """Refuse what is too large before it is read into memory."""
        upload: UploadedFile | None = self.cleaned_data["proof"]
        if upload is not None and (upload.size or 0) > LARGEST_DOCUMENT_BYTES:
            raise forms.ValidationError(_("文件超过 10 MB；请压缩或降低扫描分辨率后再上传"))
        return upload

    @property
    def entry(self) -> NoticeEntry:
        """What was typed, once the form is valid."""
        upload = self.cleaned_data["proof"]
        return NoticeEntry(
            self.cleaned_data["where"],
            self.cleaned_data["happened_on"],
            upload.read() if upload is not None else b"",
            upload.name or "notice" if upload is not None else "",
        )


class CertificateFilter(forms.Form):
    """What narrows the list: the fields that stand in the bar, then those behind the button."""

    AT_ONCE = ("text", "state", "category", "unit")

    text = forms.CharField(max_length=40, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField()
    category = forms.ChoiceField()
    unit = forms.ChoiceField()
    card = forms.ChoiceField()
    ground = forms.ChoiceField()
    within = forms.ChoiceField(choices=[("30", _("30 日内")), ("60", _("60 日内")), ("180", _("180 日内"))])
    since = forms.DateField(widget=DayInput)
    until = forms.DateField(widget=DayInput)
    review = forms.ChoiceField(choices=[("near", _("将截止或逾期未过")), ("overdue", _("逾期未过"))])
    due = forms.ChoiceField(choices=[("open", _("未到期")), ("overdue", _("到期未办"))])

    def __init__(self, listing: CertificateListing, viewer: Actor) -> None:
        """Show what the listing asks for; a viewer with nothing below gets no units, a node without cards no cards."""
        super().__init__(listing.filters)
        cards = cards_of_certificates()
        offered: dict[str, list[tuple[Any, Any]]] = {
            "state": [(state.value, _(face.word)) for state, face in STATE_FACES.items()],
            "category": code_choices(ENFORCEMENT_CATEGORY, blank=False),
            "unit": list(units_to_pick(viewer)),
            "card": list(cards.states()) if cards is not None else [],
            "ground": [
                (
                    _(ACTION_FACES[action].label),
                    [(f"{action}:{ground.code}", _(ground.name)) for ground in row.grounds],
                )
                for action, row in DECLARATIONS.items()
            ],
        }
        for name, field in self.fields.items():
            field.label, field.required = _(FILTERS[name].label), False
            if not isinstance(field, forms.ChoiceField):
                continue
            choices = offered.get(name) or list(cast(list[tuple[Any, Any]], field.choices))
            if not choices:
                continue
            value = listing.filters.get(name, "")
            if "," in value:
                choices.append((value, value_in_words(name, value)))
            field.choices = [("", _("全部")), *choices]
        for name in ("unit", "card"):
            if not offered[name]:
                del self.fields[name]

    @property
    def at_once(self) -> list[forms.BoundField]:
        """The fields in the bar."""
        return [self[name] for name in self.AT_ONCE if name in self.fields]

    @property
    def further(self) -> list[forms.BoundField]:
        """The fields behind the button."""
        return [self[name] for name in self.fields if name not in self.AT_ONCE]
