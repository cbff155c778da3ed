"""Opening accounts and giving roles: the system administrator opens, the security administrator gives."""

from __future__ import annotations

import secrets
import string
from datetime import datetime
from uuid import UUID

from axes.utils import reset as forget_failures
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.audit.services import record
from warrant.apps.organisations.models import Agency
from warrant.core.access import EXCLUSIVE_ROLES, ROLE_LEVELS, Actor, Level, Permission, Role, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput

_ALPHABET = "".join(set(string.ascii_letters + string.digits) - set("0OIl1"))
PASSWORD_LENGTH = 14


def generated_password() -> str:
    """Return a random password of 14 unmistakable characters, in groups that can be read aloud."""
    letters = [secrets.choice(_ALPHABET) for _ in range(PASSWORD_LENGTH)]
    return "-".join("".join(letters[at : at + 5]) for at in range(0, PASSWORD_LENGTH, 5))


def _create(
    username: str,
    display_name: str,
    agency: Agency,
    password: str,
    *,
    now: datetime,
    officer_uid: str | None = None,
) -> Account:
    username = username.strip().lower()
    if not username or not username.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise InvalidInput("bad-username", N_("用户名只能由字母、数字和 - _ . 组成"), place="username")
    if Account.objects.filter(username__iexact=username).exists():
        raise InvalidInput(
            "username-taken",
            N_("用户名“%(username)s”已被使用，请换一个"),
            place="username",
            username=username,
        )
    account = Account(
        username=username,
        display_name=display_name.strip(),
        agency=agency,
        opened_at=now,
        officer_uid=officer_uid,
    )
    account.set_password(password)
    account.save()
    return account


@transaction.atomic
def open_account(
    actor: Actor, username: str, display_name: str, agency: Agency, *, now: datetime
) -> tuple[Account, str]:
    """Open an account and return it with its generated password, which is shown once and stored nowhere."""
    require(actor, Permission.ACCOUNT_MANAGE, NATION)
    password = generated_password()
    account = _create(username, display_name, agency, password, now=now)
    record(
        actor,
        "account.opened",
        f"account:{account.pk}",
        f"{account.display_name} ({account.username})",
        now=now,
    )
    return account, password


@transaction.atomic
def open_first_account(
    username: str,
    display_name: str,
    agency: Agency,
    roles: list[Role],
    password: str,
    *,
    must_change_password: bool,
    now: datetime,
) -> Account:
    """Open an account while a node is being set up; refused as soon as anybody has signed in.

    Raises:
        Conflict: the node is in use.
    """
    if Account.objects.exclude(last_login=None).exists():
        raise Conflict("node-in-use", N_("系统已投入使用，请由系统管理员开通账号"))
    account = _create(username, display_name, agency, password, now=now)
    account.must_change_password = must_change_password
    account.save(update_fields=["must_change_password"])
    for role in roles:
        _assign(None, account, role, agency, now=now)
    record(None, "account.opened", f"account:{account.pk}", f"{display_name} ({username})", now=now)
    return account


@transaction.atomic
def open_officer_account(
    actor: Actor, officer_uid: str, username: str, display_name: str, agency: Agency, *, now: datetime
) -> tuple[Account, str]:
    """Open the account with which an officer follows the own record; the registrar of the unit does it."""
    require(actor, Permission.OFFICER_EDIT, agency.place)
    if Account.objects.filter(officer_uid=officer_uid).exists():
        raise Conflict("officer-has-account", N_("该执法人员已有账号"))
    password = generated_password()
    account = _create(username, display_name, agency, password, now=now, officer_uid=officer_uid)
    _assign(actor, account, Role.OFFICER, agency, now=now)
    record(actor, "account.opened", f"account:{account.pk}", f"{display_name} ({username})", now=now)
    return account, password


@transaction.atomic
def move_officer_account(actor: Actor | None, officer_uid: UUID, agency: Agency, *, now: datetime) -> None:
    """Let the account with which an officer follows the own record belong to the new unit; nothing without one."""
    account = Account.objects.filter(officer_uid=officer_uid).first()
    if account is None:
        return
    Account.objects.filter(pk=account.pk).update(agency=agency)
    held = account.assignments.filter(role=Role.OFFICER.value, withdrawn_at=None)
    if held.exclude(unit=agency).update(withdrawn_at=now):
        RoleAssignment.objects.create(
            account=account,
            role=Role.OFFICER.value,
            unit=agency,
            assigned_at=now,
            assigned_by_id=actor.account_id if actor else None,
        )
    record(actor, "account.moved", f"account:{account.pk}", f"{account.username} → {agency.name}", now=now)


@transaction.atomic
def set_officer_account_open(actor: Actor | None, officer_uid: UUID, *, is_open: bool, now: datetime) -> bool:
    """Shut or open the account with which an officer follows the own record; tells whether anything changed.

    The caller has decided on the leaving or the coming back, which carries the right to it.
    """
    account = Account.objects.filter(officer_uid=officer_uid, is_active=not is_open).first()
    if account is None:
        return False
    Account.objects.filter(pk=account.pk).update(is_active=is_open)
    word = "account.enabled" if is_open else "account.disabled"
    record(actor, word, f"account:{account.pk}", account.username, now=now)
    return True


def _assign(
    actor: Actor | None, account: Account, role: Role, unit: Agency, *, now: datetime
) -> RoleAssignment:
    if Level(unit.level) not in ROLE_LEVELS[role]:
        raise InvalidInput("role-level", N_("这一级单位不设该角色"), place="role")
    held = {
        Role(value) for value in account.assignments.filter(withdrawn_at=None).values_list("role", flat=True)
    }
    if (role in EXCLUSIVE_ROLES and held - {role}) or (held & EXCLUSIVE_ROLES and role not in held):
        raise Conflict(
            "roles-exclude", N_("系统管理员、安全管理员、审计管理员必须由不同的人担任，且不得兼任其他角色")
        )
    assignment, created = RoleAssignment.objects.get_or_create(
        account=account,
        role=role,
        unit=unit,
        withdrawn_at=None,
        defaults={"assigned_at": now, "assigned_by_id": actor.account_id if actor else None},
    )
    if not created:
        raise Conflict("role-held", N_("该账号已有此角色"))
    return assignment


@transaction.atomic
def assign_role(actor: Actor, account: Account, role: Role, unit: Agency, *, now: datetime) -> RoleAssignment:
    """Give ``account`` a role over ``unit``; nobody gives one to themselves."""
    require(actor, Permission.ROLE_ASSIGN, NATION)
    if actor.account_id == account.pk:
        raise Conflict("own-role", N_("不能给自己授权"))
    # Two roles given at the same moment must not pass the check of combinations side by side.
    Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    assignment = _assign(actor, account, role, unit, now=now)
    record(
        actor, "role.assigned", f"account:{account.pk}", f"{account.username}: {role} @ {unit.name}", now=now
    )
    return assignment


@transaction.atomic
def withdraw_role(actor: Actor, assignment: RoleAssignment, *, now: datetime) -> None:
    """End a role at once; the person's next click is already judged without it."""
    require(actor, Permission.ROLE_ASSIGN, NATION)
    changed = RoleAssignment.objects.filter(pk=assignment.pk, withdrawn_at=None).update(withdrawn_at=now)
    if not changed:
        raise Conflict("role-gone", N_("该角色已被收回"))
    record(actor, "role.withdrawn", f"account:{assignment.account_id}", assignment.role, now=now)


@transaction.atomic
def disable_account(actor: Actor, account: Account, *, now: datetime) -> None:
    """Shut an account; its open sessions end with their next request."""
    require(actor, Permission.ACCOUNT_MANAGE, NATION)
    if actor.account_id == account.pk:
        raise Conflict("own-account", N_("不能停用自己的账号"))
    Account.objects.filter(pk=account.pk).update(is_active=False)
    record(actor, "account.disabled", f"account:{account.pk}", account.username, now=now)


@transaction.atomic
def reset_password(actor: Actor, account: Account, *, now: datetime) -> str:
    """Give ``account`` a new generated password, to be changed at the next sign-in, and return it once.

    A lock after too many failures ends with it: that is what the sign-in page tells people to ask for.
    """
    require(actor, Permission.ACCOUNT_MANAGE, NATION)
    password = generated_password()
    account.set_password(password)
    account.must_change_password = True
    account.save(update_fields=["password", "must_change_password"])
    forget_failures(username=account.username)
    record(actor, "account.password-reset", f"account:{account.pk}", account.username, now=now)
    return password


@transaction.atomic
def change_own_password(actor: Actor, account: Account, current: str, new: str, *, now: datetime) -> None:
    """Change the own password.

    Raises:
        InvalidInput: the current one is wrong, or the new one is the same or too weak.
    """
    if actor.account_id != account.pk or not account.check_password(current):
        raise InvalidInput("wrong-password", N_("当前密码不正确"), place="current_password")
    if current == new:
        raise InvalidInput("same-password", N_("新密码不能与当前密码相同"), place="new_password")
    try:
        validate_password(new, account)
    except ValidationError as error:
        raise InvalidInput("weak-password", " ".join(error.messages), place="new_password") from error
    account.set_password(new)
    account.must_change_password = False
    account.save(update_fields=["password", "must_change_password"])
    record(actor, "account.password-changed", f"account:{account.pk}", account.username, now=now)
