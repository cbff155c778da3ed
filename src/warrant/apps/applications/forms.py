"""Forms of the application pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from warrant.apps.applications.selectors.assigning import MINE, NOBODY, OTHERS
from warrant.apps.applications.selectors.grounds import ProofStanding
from warrant.apps.applications.services.assigning import LONGEST_REASON as ASSIGNING_REASON
from warrant.apps.applications.services.deciding import RETURNS, Decision
from warrant.apps.applications.services.moving import LONGEST_REASON
from warrant.apps.applications.services.preparing import LONGEST_STATEMENT
from warrant.apps.applications.services.proving import ProofEntry
from warrant.apps.applications.types import DECLARATIONS, KIND_FACES, MARKABLE_FIELDS, STATE_FACES, STEP_NAMES
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.register import code_name
from warrant.apps.officers.services.documents import LARGEST_DOCUMENT_BYTES
from warrant.core.errors import Conflict
from warrant.core.lifecycle import ApplicationKind, Step, Transition
from warrant.core.lifecycle.application_grounds import GROUNDS, LONGEST_TEXT, LONGEST_WHERE
from warrant.core.standards.codes import ENFORCEMENT_CATEGORY

OPEN = "open"


class ListForm(forms.Form):
    """What part of the list."""

    text = forms.CharField(
        label=_("编号或姓名"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"type": "search", "placeholder": _("编号开头或完整姓名")}),
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=lambda: [
            ("", translate("全部")),
            (OPEN, translate("在办")),
            *((str(state), translate(face.word)) for state, face in STATE_FACES.items()),
        ],
    )


class WaitingForm(forms.Form):
    """What part of the cases that wait for the viewer."""

    text = forms.CharField(
        label=_("编号或姓名"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"type": "search", "placeholder": _("编号开头或完整姓名")}),
    )
    holder = forms.ChoiceField(
        label=_("承办"),
        required=False,
        choices=[
            ("", _("全部")),
            (MINE, _("我承办的")),
            (NOBODY, _("无人承办")),
            (OTHERS, _("同事承办的")),
        ],
    )
    step = forms.ChoiceField(
        label=_("环节"),
        required=False,
        choices=lambda: [
            ("", translate("全部")),
            *((str(state), translate(word)) for state, word in STEP_NAMES.items()),
        ],
    )
    kind = forms.ChoiceField(
        label=_("种类"),
        required=False,
        choices=lambda: [
            ("", translate("全部")),
            *((str(kind), translate(face.word)) for kind, face in KIND_FACES.items()),
        ],
    )
    due = forms.ChoiceField(
        label=_("期限"),
        required=False,
        choices=[("", _("全部")), ("near", _("临近到期")), ("overdue", _("已超期"))],
    )


class HolderForm(forms.Form):
    """With whom a case is to lie: a colleague, the person who asks, or nobody; and why."""

    NOBODY = "nobody"

    holder = forms.ChoiceField(
        label=_("承办人"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择承办人"), "invalid_choice": _("该同事现在不能承办，请重新选择")},
    )
    reason = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=ASSIGNING_REASON,
        help_text=_("本人承办无人承办的申请、或放回本人承办的申请时不必填写；其他情形至少 5 个字"),
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, people: Sequence[tuple[int, str]], *args, can_put_back: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["holder"])
        choices = [(str(pk), name) for pk, name in people]
        if can_put_back:
            choices.append((self.NOBODY, translate("退回单位，暂不指定")))
        field.choices = choices

    @property
    def account_id(self) -> int | None:
        """Whom was chosen, once the form is valid; none for nobody."""
        chosen = self.cleaned_data["holder"]
        return None if chosen == self.NOBODY else int(chosen)


class TogetherForm(forms.Form):
    """The one opinion on many cases."""

    reason = forms.CharField(
        label=_("意见"),
        help_text=_("写入每一件的办理经过"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("请写明意见，至少 5 个字；它会写入每一件的办理经过")},
    )


class StartForm(forms.Form):
    """Which kind of application, for which of the officer's categories, and what the kind asks for besides."""

    kind = forms.ChoiceField(
        label=_("申请种类"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择申请种类"), "invalid_choice": _("现在不能办理这种申请")},
    )
    categories = forms.MultipleChoiceField(
        label=_("执法门类"),
        help_text=_("只列出该人员已登记的门类"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("请至少选择一个执法门类"),
            "invalid_choice": _("该人员没有登记此门类"),
        },
    )

    cause = forms.ChoiceField(label=_("补发原因"), required=False, widget=forms.RadioSelect)
    changed = forms.MultipleChoiceField(
        label=_("变更事项"), required=False, widget=forms.CheckboxSelectMultiple
    )
    account = forms.CharField(
        label=_("情况说明"),
        required=False,
        max_length=LONGEST_TEXT,
        help_text=_("首次申领和到期换证不必填写"),
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(
        self, officer: Officer, kinds: Mapping[ApplicationKind, Conflict | None], *args, **kwargs
    ) -> None:
        super().__init__(*args, **kwargs)
        possible = [kind for kind, bar in kinds.items() if bar is None]
        choice = cast(forms.ChoiceField, self.fields["kind"])
        choice.choices = [
            (
                kind.value,
                translate("%(kind)s：%(explanation)s")
                % {
                    "kind": translate(KIND_FACES[kind].word),
                    "explanation": translate(KIND_FACES[kind].explanation),
                },
            )
            for kind in possible
        ]
        if len(possible) == 1:
            choice.initial = possible[0].value
        self._offer_grounds(possible)
        codes = officer.category_codes
        field = cast(forms.MultipleChoiceField, self.fields["categories"])
        field.choices = [(code, code_name(ENFORCEMENT_CATEGORY, code) or code) for code in codes]
        if len(codes) == 1:
            field.initial = codes

    def _offer_grounds(self, possible: list[ApplicationKind]) -> None:
        """Ask only for what one of the kinds that are possible needs."""
        offered = {ground.name: ground for kind in possible for ground in GROUNDS[kind]}
        for name in ("cause", "changed", "account"):
            ground = offered.get(name)
            if ground is None:
                del self.fields[name]
            elif ground.choices is not None:
                field = cast(forms.ChoiceField, self.fields[name])
                field.choices = [(code, translate(word)) for code, word in ground.choices.items()]


class StatementForm(forms.Form):
    """The unit's statement."""

    statement = forms.CharField(
        label=_("单位意见"),
        required=False,
        max_length=LONGEST_STATEMENT,
        help_text=_("写明品行表现、身体状况和是否同意申领，至少 10 个字；自动保存"),
        widget=forms.Textarea({"rows": 5}),
        error_messages={"max_length": _("单位意见最多 2000 个字")},
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, words in DECLARATIONS.items():
            self.fields[name] = forms.ChoiceField(
                label=translate(words),
                required=False,
                choices=[("yes", translate("是")), ("no", translate("否"))],
                widget=forms.RadioSelect,
            )

    @property
    def declarations(self) -> dict[str, bool]:
        """What was declared so far, once the form is valid."""
        answers = {name: self.cleaned_data.get(name, "") for name in DECLARATIONS}
        return {name: answer == "yes" for name, answer in answers.items() if answer}

    @property
    def declaration_fields(self) -> list[forms.BoundField]:
        """The fields of the declarations, in their order."""
        return [self[name] for name in DECLARATIONS]


class ProofForm(forms.Form):
    """The notice of a loss, or the receipt for a card that was handed in: where, on which day, the file."""

    where = forms.CharField(max_length=LONGEST_WHERE)
    happened_on = forms.DateField(
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("请填写日期"), "invalid": _("请按 2026-11-22 的样子填写日期")},
    )
    proof = forms.FileField(
        label=_("证明文件"),
        required=False,
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
    )

    def __init__(self, standing: ProofStanding, *args, **kwargs) -> None:
        kept = standing.kept
        if kept is not None:
            kwargs.setdefault("initial", {"where": kept.where, "happened_on": kept.happened_on})
        super().__init__(*args, **kwargs)
        self.auto_id = "proof-%s"
        self.fields["where"].label = translate(standing.kind.where)
        self.fields["where"].error_messages["required"] = translate("请填写%(label)s") % {
            "label": translate(standing.kind.where)
        }
        self.fields["happened_on"].label = translate(standing.kind.day)
        hint = translate("%(file)s，PDF、JPEG 或 PNG，不超过 10 MB") % {
            "file": translate(standing.kind.file_hint)
        }
        self.fields["proof"].help_text = (
            translate("已有 %(name)s；不选新文件即保留") % {"name": kept.document.file_name} if kept else hint
        )

    def clean_proof(self) -> UploadedFile | None:
        """Refuse what is too large before it is read into memory."""
        upload: UploadedFile | None = self.cleaned_data["proof"]
        if upload is not None and (upload.size or 0) > LARGEST_DOCUMENT_BYTES:
            raise forms.ValidationError(translate("文件超过 10 MB；请压缩或降低扫描分辨率后再上传"))
        return upload

    def entry(self) -> ProofEntry:
        """Return what was entered, once the form is valid."""
        upload = self.cleaned_data["proof"]
        return ProofEntry(
            self.cleaned_data["where"],
            self.cleaned_data["happened_on"],
            upload.read() if upload is not None else b"",
            upload.name or "proof" if upload is not None else "",
        )


class DecisionForm(forms.Form):
    """What the person says with one act; only the fields that the act asks for."""

    to_step = forms.ChoiceField(
        label=_("退回到"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择退回到哪一个环节")},
    )
    marked_fields = forms.MultipleChoiceField(
        label=_("需要补正的项目"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(name, translate(word)) for name, word in MARKABLE_FIELDS.items()],
    )
    reason = forms.CharField(
        label=_("意见"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"max_length": _("最多 1000 个字")},
    )
    remedy = forms.CharField(
        label=_("救济途径"),
        max_length=LONGEST_REASON,
        help_text=_("写明可否补正后重新申请、在什么期限内向谁申请复核"),
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "required": _("请写明救济途径，至少 5 个字"),
            "max_length": _("最多 1000 个字"),
        },
    )

    def __init__(self, row: Transition, earlier: Sequence[Step], *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if row.action == "return-to-step":
            field = cast(forms.ChoiceField, self.fields["to_step"])
            field.choices = [(step.state.value, translate(STEP_NAMES[step.state])) for step in earlier]
            field.initial = earlier[-1].state.value if earlier else ""
        else:
            del self.fields["to_step"]
        if row.action not in RETURNS:
            del self.fields["marked_fields"]
        if "remedy-named" not in row.guards:
            del self.fields["remedy"]
        if row.needs_reason:
            reason = self.fields["reason"]
            reason.label = _("理由")
            reason.required = True
            reason.help_text = _("至少 5 个字，使对方知道如何补正")
            reason.error_messages["required"] = _("请写明理由，至少 5 个字")

    def decision(self, action: str) -> Decision:
        """Return what was said, once the form is valid."""
        data = self.cleaned_data
        return Decision(
            action,
            data["reason"],
            remedy=data.get("remedy", ""),
            marked_fields=data.get("marked_fields", ()),
            to_step=data.get("to_step", ""),
        )
