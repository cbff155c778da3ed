"""What the settings of all nodes share; each node's own module adds its apps, wiring and capabilities."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import structlog
from csp.constants import NONE, SELF

import warrant
from warrant.apps.foundation.redaction import mask_line
from warrant.nodes.config import NodeConfig
from warrant.nodes.databases import database_setting

SESSION_IDLE_SECONDS = 15 * 60
SESSION_ABSOLUTE_SECONDS = 8 * 3600


def common_settings(node: NodeConfig) -> dict[str, Any]:
    """Return the settings that do not depend on what kind of node this is."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
            mask_line,
        ],
        cache_logger_on_first_use=True,
    )
    return {
        "WARRANT_NODE": node,
        "WARRANT_PINNED_ROOT": node.peers["ministry"].root_key if "ministry" in node.peers else "",
        "SECRET_KEY": node.secret_key,
        "DEBUG": False,
        "ALLOWED_HOSTS": ["*"] if node.is_development else [node.host, "localhost"],
        "DATABASES": {"default": database_setting(node.database_url)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "LANGUAGE_CODE": "zh-hans",
        "LANGUAGES": [("zh-hans", "中文"), ("en", "English")],
        "LOCALE_PATHS": [str(Path(warrant.__file__).parent / ring / "locale") for ring in ("core", "nodes")],
        "USE_I18N": True,
        "USE_TZ": True,
        "TIME_ZONE": "Asia/Shanghai",
        "STATIC_URL": "/static/",
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": False,
        "WHITENOISE_MAX_AGE": 3600,
        "STATICFILES_FINDERS": ["django.contrib.staticfiles.finders.AppDirectoriesFinder"],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.jinja2.Jinja2",
                "APP_DIRS": True,
                "OPTIONS": {
                    "environment": "warrant.nodes.jinja.environment",
                    "context_processors": [
                        "django.contrib.messages.context_processors.messages",
                        "warrant.nodes.jinja.one_csrf_input",
                    ],
                },
            }
        ],
        "ROOT_URLCONF": f"warrant.nodes.{node.kind}_urls",
        "WSGI_APPLICATION": "warrant.nodes.wsgi.application",
        "SESSION_ENGINE": "warrant.nodes.sessions",
        "SESSION_COOKIE_NAME": f"warrant_{node.kind}_{node.code}_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_AGE": SESSION_IDLE_SECONDS,
        "SESSION_SAVE_EVERY_REQUEST": False,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "WARRANT_SESSION_ABSOLUTE_SECONDS": SESSION_ABSOLUTE_SECONDS,
        "CSRF_COOKIE_NAME": f"warrant_{node.kind}_{node.code}_csrf",
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_FAILURE_VIEW": "warrant.apps.foundation.views.forbidden",
        "SESSION_COOKIE_SECURE": node.public_url.startswith("https"),
        "CSRF_COOKIE_SECURE": node.public_url.startswith("https"),
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
        "MESSAGE_STORAGE": "warrant.apps.foundation.notices.NodeMessages",
        "CONTENT_SECURITY_POLICY": {
            "DIRECTIVES": {
                "default-src": [SELF],
                "img-src": [SELF, "data:"],
                "object-src": [NONE],
                "base-uri": [NONE],
                "form-action": [SELF],
                "frame-ancestors": [NONE],
            }
        },
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 12 * 1024 * 1024,
        "FILE_UPLOAD_MAX_MEMORY_SIZE": 12 * 1024 * 1024,
        "WARRANT_DOCUMENT_ROOT": str(node.home / "documents"),
        "WARRANT_CARD_BOX": str(node.home / "card-box"),
        "WARRANT_WORK_PROVIDERS": [],
        "WARRANT_GLANCE_PROVIDERS": [],
        "WARRANT_NAVIGATION": "warrant.nodes.navigation.NOTHING",
        "WARRANT_PORTS": {},
        "WARRANT_INBOX": {},
        "WARRANT_CAPABILITIES": frozenset(),
        "WARRANT_OFFICER_PANELS": [],
        "WARRANT_CHAIN_PROVIDERS": [],
        "WARRANT_APPROVAL_HOOK": "",
        "WARRANT_COMPLETION_HOOK": "",
        "WARRANT_HELD_CERTIFICATE": "",
        "WARRANT_LOSS_STANDING": "",
        "WARRANT_RELAY": "",
        "WARRANT_SEARCH": None,
        "WARRANT_PREPARATION": [],
        "LOGGING": {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"masking": {"()": "warrant.apps.foundation.redaction.MaskingFormatter"}},
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "masking"}},
            "root": {"handlers": ["console"], "level": "WARNING"},
        },
    }


ACCOUNT_SETTINGS: dict[str, Any] = {
    "AUTH_USER_MODEL": "accounts.Account",
    "AUTHENTICATION_BACKENDS": [
        "axes.backends.AxesStandaloneBackend",
        "warrant.apps.accounts.middleware.AccountOfSession",
    ],
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
    "AUTH_PASSWORD_VALIDATORS": [
        {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
        {
            "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
            "OPTIONS": {"min_length": 10},
        },
        {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
        {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    ],
    "LOGIN_URL": "sign-in",
    "AXES_FAILURE_LIMIT": 5,
    "AXES_COOLOFF_TIME": 0.25,
    "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
    "AXES_RESET_ON_SUCCESS": True,
    "AXES_LOCKOUT_CALLABLE": "warrant.apps.accounts.views.accounts.locked_out",
    "AXES_ENABLE_ADMIN": False,
    "AXES_VERBOSE": False,
    "AXES_DISABLE_ACCESS_LOG": True,
}

STAFF_MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "warrant.apps.accounts.middleware.ActorOfRequest",
    "warrant.apps.foundation.middleware.SignInRequired",
    "warrant.apps.foundation.middleware.ErrorPages",
    "axes.middleware.AxesMiddleware",
]

PUBLIC_MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "warrant.apps.foundation.middleware.ErrorPages",
]

STAFF_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
]
