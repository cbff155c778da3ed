"""What the navigation of each kind of node offers; whoever lacks the permission does not see the entry."""

from __future__ import annotations

from dataclasses import replace

from warrant.apps.foundation.work import NavigationItem
from warrant.core.access import Permission
from warrant.core.errors import N_

NOTHING: tuple[NavigationItem, ...] = ()

_WORK = N_("工作")
_REGISTER = N_("登记")
_CARDS = N_("证件")
_SYSTEM = N_("系统")

_ADMINISTRATION = (
    NavigationItem(
        _SYSTEM,
        N_("机构"),
        "organisation-tree",
        "network",
        Permission.ORGANISATION_VIEW,
        N_("查看机构层级和沿革"),
    ),
    NavigationItem(
        _SYSTEM,
        N_("账号"),
        "account-list",
        "user-round",
        Permission.ACCOUNT_MANAGE,
        N_("开立和停用账号，重置密码"),
    ),
    NavigationItem(
        _SYSTEM, N_("账号"), "account-list", "user-round", Permission.ROLE_ASSIGN, N_("授予和收回角色")
    ),
    NavigationItem(
        _SYSTEM,
        N_("数据交换"),
        "exchange-status",
        "arrow-left-right",
        Permission.EXCHANGE_VIEW,
        N_("查看与上下级节点的数据收发"),
    ),
    NavigationItem(
        _SYSTEM,
        N_("审计记录"),
        "audit-list",
        "scroll-text",
        Permission.AUDIT_VIEW,
        N_("查阅谁在何时做了什么"),
    ),
    NavigationItem(_SYSTEM, N_("导出文件"), "export-list", "folder-down", Permission.AUDIT_VIEW),
    NavigationItem(
        _SYSTEM,
        N_("身份证号码查看"),
        "id-number-looks",
        "eye",
        Permission.AUDIT_VIEW,
        N_("查阅谁为何看过谁的完整号码"),
    ),
)

_SUBSTITUTES = tuple(
    NavigationItem(
        _WORK,
        N_("代理"),
        "delegation-list",
        "users",
        permission,
        N_("休假或出差前，委托本单位同事代为办理申请"),
    )
    for permission in (
        Permission.APPLICATION_REVIEW,
        Permission.APPLICATION_VERIFY,
        Permission.APPLICATION_APPROVE,
    )
)
_SUBSTITUTES_TO_CONFIRM = NavigationItem(
    _SYSTEM,
    N_("代理"),
    "delegation-list",
    "users",
    Permission.ROLE_ASSIGN,
    N_("确认谁可以代谁办理申请"),
)

_CHANGES = NavigationItem(
    _REGISTER,
    N_("变更动态"),
    "officer-changes",
    "radio",
    Permission.OFFICER_VIEW,
    N_("随到随看：谁改了哪个人的什么"),
)
_STATISTICS = NavigationItem(
    _REGISTER,
    N_("队伍统计"),
    "statistics-overview",
    "chart-column",
    Permission.STATISTICS_VIEW,
    N_("看队伍的构成、培训考试、年审和流动，每个数字可打开名单"),
)

_FILING_STATISTICS = NavigationItem(
    _REGISTER,
    N_("备案统计"),
    "filing-statistics",
    "clock",
    Permission.FILING_VIEW,
    N_("看备案各环节用时、退回和不予的原因、等待中的备案"),
)

_RULES = (
    NavigationItem(
        _REGISTER,
        N_("业务规则"),
        "regulation-list",
        "book-marked",
        Permission.REGULATION_VIEW,
        N_("查看资格条件、办理时限、工作日历等规则，起草和确认新版"),
    ),
    NavigationItem(_WORK, N_("工作日历"), "work-calendar", "calendar-days"),
)

_DESIGNS = NavigationItem(
    _CARDS,
    N_("证件版式"),
    "card-designs",
    "book-marked",
    Permission.CARD_VIEW,
    N_("查看统一版面的各个版式，取印刷稿"),
)

_WAIVERS = NavigationItem(
    _REGISTER,
    N_("条件豁免"),
    "waiver-list",
    "scale",
    Permission.APPLICATION_VIEW,
    N_("查看和决定对个人豁免的资格条件"),
)

_WHAT_IF = NavigationItem(
    _SYSTEM,
    N_("条件试算"),
    "what-if-list",
    "flask-conical",
    Permission.REGULATION_DRAFT,
    N_("看一份草案会使谁新增符合或不再符合"),
)

PROVINCE: tuple[NavigationItem, ...] = (
    NavigationItem(_WORK, N_("我的待办"), "home", "inbox"),
    NavigationItem(
        _WORK,
        N_("我的档案"),
        "own-record",
        "id-card",
        Permission.OWN_RECORD,
        N_("查看本人档案、授权链和证件，报失证件"),
    ),
    *_SUBSTITUTES,
    _SUBSTITUTES_TO_CONFIRM,
    NavigationItem(_WORK, N_("后台任务"), "job-list", "list-checks", Permission.OFFICER_EXPORT),
    NavigationItem(_WORK, N_("导出文件"), "export-list", "folder-down", Permission.OFFICER_EXPORT),
    NavigationItem(
        _REGISTER,
        N_("执法人员"),
        "officer-list",
        "users",
        Permission.OFFICER_VIEW,
        N_("查询人员，登记和核对基本信息"),
    ),
    _CHANGES,
    NavigationItem(
        _REGISTER,
        N_("部级重复通知"),
        "reported-duplicates",
        "user-search",
        Permission.DUPLICATE_VIEW,
        N_("核实部级发现的跨省重复，答复结果"),
    ),
    NavigationItem(
        _REGISTER,
        N_("花名册导入"),
        "roster-list",
        "file-spreadsheet",
        Permission.ROSTER_IMPORT,
        N_("批量导入人员，先预览后入册"),
    ),
    NavigationItem(
        _REGISTER,
        N_("调动"),
        "transfer-list",
        "arrow-right-left",
        Permission.OFFICER_VIEW,
        N_("调出、调入，接受对方单位提出的调动"),
    ),
    NavigationItem(
        _REGISTER,
        N_("重复核查"),
        "duplicate-list",
        "copy",
        Permission.DUPLICATE_VIEW,
        N_("核查可能重复登记的人员，提出和确认合并"),
    ),
    _STATISTICS,
    NavigationItem(
        _REGISTER,
        N_("培训班"),
        "class-list",
        "graduation-cap",
        Permission.OFFICER_VIEW,
        N_("制定大纲，开班，登记考勤，报送省级确认学时"),
    ),
    NavigationItem(
        _REGISTER,
        N_("考试"),
        "sitting-list",
        "clipboard-pen",
        Permission.OFFICER_VIEW,
        N_("安排考试，两人分别登记成绩，查看合格率"),
    ),
    NavigationItem(
        _REGISTER,
        N_("年度考核"),
        "assessment-list",
        "scale",
        Permission.OFFICER_VIEW,
        N_("对人员和单位逐年评分、上报和确认，查看缺漏和异常"),
    ),
    NavigationItem(
        _REGISTER,
        N_("删除与号码更正"),
        "record-request-list",
        "user-round-x",
        Permission.OFFICER_CONFIRM,
        N_("核对他人提出的删除和身份证号码更正，30 天内恢复已删除的记录"),
    ),
    NavigationItem(
        _REGISTER,
        N_("资格申请"),
        "application-list",
        "file-check",
        Permission.APPLICATION_VIEW,
        N_("申领、审查、核审和审批执法资格"),
    ),
    _WAIVERS,
    _FILING_STATISTICS,
    NavigationItem(
        _CARDS,
        N_("执法证件"),
        "certificate-list",
        "badge-check",
        Permission.CERTIFICATE_VIEW,
        N_("查询证件状态，办理挂失、暂扣、注销"),
    ),
    NavigationItem(
        _CARDS,
        N_("证件年审"),
        "review-list",
        "calendar-check",
        Permission.CERTIFICATE_VIEW,
        N_("开展年度审验，逐一审查例外，确认年审结果"),
    ),
    NavigationItem(
        _CARDS,
        N_("监督发现"),
        "finding-overview",
        "triangle-alert",
        Permission.FINDING_VIEW,
        N_("看无证上岗、失效证卡、年审逾期等监督发现，分派和办结"),
    ),
    NavigationItem(
        _CARDS,
        N_("制卡中心"),
        "card-centre",
        "credit-card",
        Permission.CARD_PRODUCE,
        N_("逐张制卡，写入芯片并回读核对"),
    ),
    NavigationItem(
        _CARDS,
        N_("待发放"),
        "card-hand-over-list",
        "hand-coins",
        Permission.CARD_HAND_OVER,
        N_("把制好的证件交给本人签收"),
    ),
    NavigationItem(
        _CARDS,
        N_("空白卡库存"),
        "card-stock",
        "package",
        Permission.CARD_STOCK,
        N_("登记到货，核对结存，报废坏卡"),
    ),
    _DESIGNS,
    NavigationItem(
        _CARDS,
        N_("密钥"),
        "key-acts",
        "key-round",
        Permission.KEY_VIEW,
        N_("提出和确认密钥操作，须两名保管员分别办理"),
    ),
    NavigationItem(
        _CARDS,
        N_("SAM 卡"),
        "sam-list",
        "cpu",
        Permission.KEY_VIEW,
        N_("登记、核对、发放、盘点和停用稽查终端的 SAM 卡"),
    ),
    *_RULES,
    *_ADMINISTRATION,
    _WHAT_IF,
)

MINISTRY: tuple[NavigationItem, ...] = (
    NavigationItem(_WORK, N_("我的待办"), "home", "inbox"),
    NavigationItem(
        _REGISTER,
        N_("执法人员"),
        "officer-list",
        "users",
        Permission.OFFICER_VIEW,
        N_("查询全国人员及其证件状态"),
    ),
    _CHANGES,
    NavigationItem(
        _REGISTER,
        N_("跨省重复"),
        "national-duplicates",
        "users-round",
        Permission.DUPLICATE_VIEW,
        N_("查看同时在两省登记的人，通知两省核实"),
    ),
    _STATISTICS,
    NavigationItem(_WORK, N_("后台任务"), "job-list", "list-checks", Permission.OFFICER_EXPORT),
    NavigationItem(_WORK, N_("导出文件"), "export-list", "folder-down", Permission.OFFICER_EXPORT),
    NavigationItem(
        _REGISTER,
        N_("备案"),
        "filing-list",
        "stamp",
        Permission.FILING_VIEW,
        N_("审查各省报备的资格，签发备案回执"),
    ),
    NavigationItem(
        _REGISTER,
        N_("各省培训考试考核"),
        "year-figures",
        "graduation-cap",
        Permission.STATISTICS_VIEW,
        N_("看各省培训、考试和考核的数字，找出值得注意的单位"),
    ),
    _FILING_STATISTICS,
    NavigationItem(
        _CARDS,
        N_("各省年审"),
        "review-provinces",
        "calendar-check",
        Permission.CERTIFICATE_VIEW,
        N_("看各省年审进展"),
    ),
    NavigationItem(
        _CARDS,
        N_("各省监督发现"),
        "finding-provinces",
        "triangle-alert",
        Permission.FINDING_VIEW,
        N_("看各省无证上岗、失效证卡等监督发现的数目和逾期"),
    ),
    replace(_DESIGNS, permission=Permission.REGULATION_DRAFT),
    NavigationItem(
        _CARDS,
        N_("密钥"),
        "key-acts",
        "key-round",
        Permission.KEY_VIEW,
        N_("提出和确认密钥操作，须两名保管员分别办理"),
    ),
    *_RULES,
    *_ADMINISTRATION,
)
