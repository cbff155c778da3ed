"""What people call steps, phases and checks; message ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from warrant.core.chip.inspection import CardPhase, CheckName, CheckOutcome
from warrant.core.chip.personalisation import StepName
from warrant.core.errors import N_

STEP_TITLES: Final[Mapping[StepName, str]] = {
    StepName.IDENTIFY: N_("识别卡片"),
    StepName.AUTHENTICATE_TRANSPORT: N_("认证运输密钥"),
    StepName.ERASE: N_("清除未完成的应用"),
    StepName.BUILD_MASTER_FILE: N_("建立主文件目录"),
    StepName.BUILD_APPLICATION: N_("建立执法应用"),
    StepName.WRITE_KEYS: N_("写入证卡密钥"),
    StepName.WRITE_CERTIFICATE: N_("写入证件信息"),
    StepName.WRITE_HOLDER: N_("写入持证人信息"),
    StepName.WRITE_PHOTO: N_("写入照片"),
    StepName.WRITE_REVIEWS: N_("写入年审记录"),
    StepName.WRITE_RECEIPT: N_("写入备案回执摘要"),
    StepName.WRITE_SIGNATURE: N_("写入签名"),
    StepName.LOCK: N_("更换控制密钥并锁定"),
    StepName.READ_BACK: N_("回读核对"),
}
PHASE_TITLES: Final[Mapping[CardPhase, str]] = {
    CardPhase.BLANK: N_("空白卡"),
    CardPhase.PARTLY_BUILT: N_("未完成"),
    CardPhase.LOCKED: N_("已完成并锁定"),
    CardPhase.FOREIGN: N_("密钥不符"),
    CardPhase.UNUSABLE: N_("已锁死"),
}
CHECK_TITLES: Final[Mapping[CheckName, str]] = {
    CheckName.FORMAT: N_("内容格式"),
    CheckName.CHIP: N_("芯片序列号"),
    CheckName.SIGNATURE: N_("签名"),
    CheckName.AUTHENTICITY: N_("内部认证"),
    CheckName.REVIEWS: N_("年审记录"),
}
OUTCOME_TITLES: Final[Mapping[CheckOutcome, str]] = {
    CheckOutcome.PASSED: N_("通过"),
    CheckOutcome.FAILED: N_("未通过"),
    CheckOutcome.NOT_MADE: N_("未检查"),
}
