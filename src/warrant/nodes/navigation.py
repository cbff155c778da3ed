"""What the navigation of each kind of node offers; whoever lacks the permission does not see the entry."""

from __future__ import annotations

from warrant.apps.foundation.work import NavigationItem
from warrant.core.access import Permission
from warrant.core.errors import N_

NOTHING: tuple[NavigationItem, ...] = ()

_WORK = N_("工作")
_REGISTER = N_("登记")
_CARDS = N_("证件")
_SYSTEM = N_("系统")

_ADMINISTRATION = (
    NavigationItem(_SYSTEM, N_("机构"), "organisation-tree", "network", Permission.ORGANISATION_VIEW),
    NavigationItem(_SYSTEM, N_("账号"), "account-list", "user-round", Permission.ACCOUNT_MANAGE),
    NavigationItem(_SYSTEM, N_("账号"), "account-list", "user-round", Permission.ROLE_ASSIGN),
    NavigationItem(_SYSTEM, N_("数据交换"), "exchange-status", "arrow-left-right", Permission.EXCHANGE_VIEW),
    NavigationItem(_SYSTEM, N_("审计记录"), "audit-list", "scroll-text", Permission.AUDIT_VIEW),
)

PROVINCE: tuple[NavigationItem, ...] = (
    NavigationItem(_WORK, N_("我的待办"), "home", "inbox"),
    NavigationItem(_WORK, N_("我的档案"), "own-record", "id-card", Permission.OWN_RECORD),
    NavigationItem(_REGISTER, N_("执法人员"), "officer-list", "users", Permission.OFFICER_VIEW),
    NavigationItem(_REGISTER, N_("花名册导入"), "roster-list", "file-spreadsheet", Permission.ROSTER_IMPORT),
    NavigationItem(_REGISTER, N_("资格申请"), "application-list", "file-check", Permission.APPLICATION_VIEW),
    NavigationItem(_CARDS, N_("执法证件"), "certificate-list", "badge-check", Permission.CERTIFICATE_VIEW),
    NavigationItem(_CARDS, N_("制卡中心"), "card-centre", "credit-card", Permission.CARD_PRODUCE),
    NavigationItem(_CARDS, N_("待发放"), "card-hand-over-list", "hand-coins", Permission.CARD_HAND_OVER),
    NavigationItem(_CARDS, N_("空白卡库存"), "card-stock", "package", Permission.CARD_STOCK),
    NavigationItem(_CARDS, N_("密钥"), "key-acts", "key-round", Permission.KEY_VIEW),
    *_ADMINISTRATION,
)

MINISTRY: tuple[NavigationItem, ...] = (
    NavigationItem(_WORK, N_("我的待办"), "home", "inbox"),
    NavigationItem(_REGISTER, N_("备案"), "filing-list", "stamp", Permission.FILING_VIEW),
    NavigationItem(_CARDS, N_("密钥"), "key-acts", "key-round", Permission.KEY_VIEW),
    *_ADMINISTRATION,
)
