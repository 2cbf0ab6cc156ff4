"""Django's settings, once a process: for commands, which want tables only, and for the server of the screens and the API."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connections

SCREENS = ("collector", "supervisor", "strategist", "compliance", "manager", "administrator")
APPS = (
    "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.messages",
    "django.contrib.staticfiles", "django_htmx", "django_otp", "django_otp.plugins.otp_totp", "django_otp.plugins.otp_static",
    "axes", "arrears.desk.plan", "arrears.desk.ledger", "arrears.desk.cases", "arrears.desk.people", "arrears.desk.work",
    "arrears.desk.api", "arrears.desk.screens", *(f"arrears.desk.screens.{name}" for name in SCREENS),
)  # fmt: skip
SESSION_IDLE_SECONDS, SESSION_LONGEST_SECONDS = 15 * 60, 10 * 3600
FAILURES_MAX, LOCK_HOURS = 5, 0.25
HERE = Path(__file__).parent


def configure(databases: Mapping[str, dict[str, Any]]) -> None:
    """Set Django up on these databases (`default`, `owner`); another store later takes the place of the first."""
    if settings.configured:
        for alias, database in databases.items():
            connections[alias].close()
            connections[alias].settings_dict.update(database)
        return
    settings.configure(
        DATABASES={alias: one | {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True} for alias, one in databases.items()},
        INSTALLED_APPS=list(APPS),
        SECRET_KEY=secrets.token_urlsafe(50),  # of commands; the server takes the workspace's own
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        TIME_ZONE="UTC",
        USE_I18N=True,
        LANGUAGE_CODE="en",
        LANGUAGES=[("en", "English"), ("zh-hans", "简体中文")],
        LOCALE_PATHS=[HERE / "locale"],  # of what is refused; the screens' own words lie with them
        ROOT_URLCONF="arrears.desk.screens.urls",
        AUTH_USER_MODEL="people.User",
        AUTHENTICATION_BACKENDS=["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"],
        AUTH_PASSWORD_VALIDATORS=[
            {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
            {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
        ],
        LOGIN_URL="sign-in",
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "arrears.desk.screens.middleware.Headers",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django_otp.middleware.OTPMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django_htmx.middleware.HtmxMiddleware",
            "arrears.desk.screens.middleware.SessionLimits",
            "arrears.desk.screens.middleware.Language",
            "arrears.desk.screens.middleware.PlainErrors",
            "arrears.desk.api.errors.OneForm",
            "axes.middleware.AxesMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages", "arrears.desk.screens.context.desk",
                ],
                "builtins": ["django.templatetags.i18n", "arrears.desk.screens.templatetags.shown"],
            },
        }],
        STATIC_URL="/static/",
        WHITENOISE_USE_FINDERS=True,
        SESSION_COOKIE_AGE=SESSION_IDLE_SECONDS,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_EXPIRE_AT_BROWSER_CLOSE=True,
        CSRF_COOKIE_HTTPONLY=True,
        CSRF_COOKIE_SAMESITE="Strict",
        CSRF_FAILURE_VIEW="arrears.desk.screens.errors.no_token",
        SECURE_CONTENT_TYPE_NOSNIFF=True,
        SECURE_REFERRER_POLICY="same-origin",
        X_FRAME_OPTIONS="DENY",
        AXES_FAILURE_LIMIT=FAILURES_MAX,
        AXES_COOLOFF_TIME=LOCK_HOURS,
        AXES_LOCKOUT_PARAMETERS=["username"],
        AXES_LOCKOUT_CALLABLE="arrears.desk.screens.errors.locked_out",
        AXES_VERBOSE=False,
        AXES_RESET_ON_SUCCESS=True,
        OTP_TOTP_ISSUER="arrears",
        LOGGING_CONFIG=None,
        DATA_UPLOAD_MAX_MEMORY_SIZE=1_000_000,
    )  # fmt: skip
    django.setup()
