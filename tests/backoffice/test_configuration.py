"""Production must refuse what is only right on a developer's machine, and say all of it at once."""

import os
import re
import subprocess
import sys

import pytest

from backoffice.configuration import (
    BASE_DIR,
    BadConfiguration,
    Configuration,
    UnsafeConfiguration,
)
from backoffice.management.commands.document_configuration import is_fresh
from backoffice.providers import forwarding

SAFE = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "k3J9-vQ2mZx7Lr5TnWb8YcHd6FgPa4SeUi1OoRtXyCvBnMqWzE0",
    "FIELD_ENCRYPTION_KEYS": "0OqRk7Zr0Xv4rUo0p2Y8m2cJr8Wm7m3uH2kq2m3n4o8=",
    "PUBLIC_URL": "https://backoffice.zetutech.co.tz",
    "ALLOWED_HOSTS": "backoffice.zetutech.co.tz",
    "DATABASE_URL": "postgresql://zetutech_app:a-long-password@db.internal/zetutech",
    "DATABASE_OWNER_URL": "postgresql://zetutech_owner:another-password@db.internal/zetutech",
    "REDIS_URL": "rediss://:password@cache.internal",
    "S3_PRIVATE_BUCKET": "zetutech-private",
    "S3_PUBLIC_BUCKET": "zetutech-public",
    "MPESA_BASE_URL": "https://openapi.m-pesa.com/openapi",
    "MPESA_API_KEY": "a-real-key",
    "MPESA_PUBLIC_KEY": "MIIC",
    "MPESA_SERVICE_PROVIDER_CODE": "123456",
    "MPESA_CALLBACK_SECRET": "x" * 32,
    "LEGAL_NAME": "Soko Limited",
    "LEGAL_TIN": "100200300",
    "MIXX_TOKEN_URL": "https://mixx.example/GetToken",
    "MIXX_PUSH_URL": "https://mixx.example/PushBillPay",
    "MIXX_REFUND_URL": "https://mixx.example/Refund",
    "MIXX_PAYOUT_URL": "https://mixx.example/MFICashIn",
    "MIXX_USERNAME": "zetutech",
    "MIXX_PASSWORD": "a-real-password",
    "MIXX_CHANNEL_PIN": "2580",
    "MIXX_PAYOUT_PIN": "2581",
    "MIXX_CALLBACK_NETWORKS": "198.51.100.7",
    "MIXX_CALLBACK_SECRET": "y" * 32,
    "AIRTEL_BASE_URL": "https://airtel.example",
    "AIRTEL_CLIENT_ID": "zetutech",
    "AIRTEL_CLIENT_SECRET": "a-real-secret",
    "AIRTEL_PIN": "2582",
    "AIRTEL_CALLBACK_SECRET": "z" * 32,
    "VFD_BASE_URL": "https://vfd.tra.go.tz",
    "VFD_CERTKEY": "10TZ100900",
    "VFD_CERTIFICATE": "/run/secrets/vfd.pfx",
    "SENDGRID_API_KEY": "SG.key",
    "EMAIL_FROM": "ZetuTech <no-reply@zetutech.co.tz>",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "token",
}
SEGMENT = {"SEGMENT_WRITE_KEY": "a-real-write-key", "PSEUDONYM_KEY": "p" * 32}
MIXPANEL = {
    "MIXPANEL_PROJECT_ID": "3141592",
    "MIXPANEL_SERVICE_USER": "zetutech.service",
    "MIXPANEL_SERVICE_SECRET": "a-real-secret",
    "PSEUDONYM_KEY": "p" * 32,
}


@pytest.fixture
def environment(monkeypatch):
    for name in Configuration.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    def given(**changes):
        for name, value in (SAFE | changes).items():
            monkeypatch.setenv(name, value)

    return given


def test_production_starts_with_safe_values(environment):
    environment()

    configuration = Configuration.load()

    assert configuration.is_production
    assert configuration.effective_hosts == ["backoffice.zetutech.co.tz"]
    assert configuration.logs_json


def test_production_takes_unsigned_callbacks_where_that_is_allowed_in_so_many_words(environment):
    environment(AIRTEL_CALLBACKS_SIGNED="0", AIRTEL_CALLBACKS_UNSIGNED_ALLOWED="1")

    assert Configuration.load().is_production


@pytest.mark.parametrize(
    ("where", "set_to", "is_required"),
    [
        ("production", "", True),
        ("development", "", False),
        ("development", "required", True),
        ("development", "optional", False),
    ],
)
def test_production_asks_its_staff_for_a_second_step_and_a_developer_may(
    environment, where, set_to, is_required
):
    environment(ENVIRONMENT=where, SECOND_FACTOR=set_to)

    assert Configuration.load().second_factor_required is is_required


def test_passkeys_are_for_the_host_where_people_reach_us(environment):
    environment()
    configuration = Configuration.load()
    assert configuration.passkey_host_for(configuration.public_url) == "backoffice.zetutech.co.tz"
    assert configuration.passkey_origins_for(f"{configuration.public_url}/x") == [
        "https://backoffice.zetutech.co.tz"
    ]

    environment(PASSKEY_HOST="zetutech.co.tz", PASSKEY_ORIGINS="https://console.zetutech.co.tz")
    assert Configuration.load().is_production


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"PASSKEY_HOST": "example.com"}, "PASSKEY_HOST"),
        ({"PASSKEY_HOST": "tz"}, "PASSKEY_HOST"),
        ({"PASSKEY_HOST": "office.zetutech.co.tz"}, "PASSKEY_HOST"),
        ({"PUBLIC_URL": "https://192.0.2.7"}, "PASSKEY_HOST"),
        ({"PUBLIC_URL": "https://"}, "PASSKEY_HOST"),
        ({"PASSKEY_ORIGINS": "http://backoffice.zetutech.co.tz"}, "PASSKEY_ORIGINS"),
        ({"PASSKEY_ORIGINS": "https://evil.example"}, "PASSKEY_ORIGINS"),
    ],
)
def test_production_refuses_passkeys_for_no_host_or_another(environment, changes, named):
    environment(**changes)

    with pytest.raises(UnsafeConfiguration, match=named):
        Configuration.load()


def test_services_without_a_key_are_told_nothing_in_production(environment):
    environment()
    assert forwarding(Configuration.load())["destinations"] == {}

    environment(**SEGMENT)
    assert list(forwarding(Configuration.load())["destinations"]) == ["segment"]


def test_a_developer_tells_the_simulators_and_a_test_nobody(environment):
    environment(ENVIRONMENT="development")
    told = forwarding(Configuration.load())["destinations"]
    assert list(told) == ["segment", "mixpanel"]
    assert all(one["options"]["url"].startswith("http://127.0.0.1:") for one in told.values())

    environment(ENVIRONMENT="test")
    assert forwarding(Configuration.load())["destinations"] == {}


def test_production_with_nothing_set_lists_every_problem_at_once(monkeypatch, environment):
    monkeypatch.setenv("ENVIRONMENT", "production")

    with pytest.raises(UnsafeConfiguration) as refused:
        Configuration.load()

    for name in SAFE.keys() - {"ENVIRONMENT", "DATABASE_OWNER_URL"}:
        assert name in str(refused.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"DEBUG": "1"}, "DEBUG must be off"),
        ({"SECOND_FACTOR": "optional"}, "SECOND_FACTOR must not be optional"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 80}, "SECRET_KEY"),
        ({"PUBLIC_URL": "http://zetutech.co.tz"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://localhost"}, "PUBLIC_URL"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": "postgresql://zetutech_app:postgres@db/z"}, "password"),
        ({"DATABASE_URL": "postgresql://zetutech_owner:a-long-password@db/z"}, "row-level"),
        ({"DATABASE_URL": "postgresql://postgres:a-long-password@db/z"}, "row-level"),
        ({"S3_ENDPOINT_URL": "http://127.0.0.1:8333"}, "S3_ENDPOINT_URL"),
        ({"MPESA_BASE_URL": "https://127.0.0.1:8901"}, "simulator"),
        ({"MPESA_CALLBACK_SECRET": "short"}, "MPESA_CALLBACK_SECRET"),
        ({"MIXX_PUSH_URL": "http://127.0.0.1:8902/push"}, "MIXX_PUSH_URL"),
        ({"MIXX_HEARTBEAT_URL": "http://mixx.example/"}, "MIXX_HEARTBEAT_URL"),
        ({"MIXX_USERNAME": "simulator-user"}, "MIXX_USERNAME"),
        ({"MIXX_PAYOUT_PIN": "0000"}, "MIXX_PAYOUT_PIN"),
        ({"MIXX_CALLBACK_NETWORKS": ""}, "MIXX_CALLBACK_NETWORKS"),
        ({"MIXX_CALLBACK_SECRET": "short"}, "MIXX_CALLBACK_SECRET"),
        ({"AIRTEL_BASE_URL": "http://127.0.0.1:8903"}, "AIRTEL_BASE_URL"),
        ({"AIRTEL_CLIENT_SECRET": "simulator-secret"}, "AIRTEL_CLIENT_SECRET"),
        ({"AIRTEL_PIN": "0000"}, "AIRTEL_PIN"),
        ({"AIRTEL_CALLBACK_SECRET": "short"}, "AIRTEL_CALLBACK_SECRET"),
        ({"AIRTEL_CALLBACKS_SIGNED": "0"}, "AIRTEL_CALLBACKS_SIGNED"),
        ({"TWILIO_API_URL": "http://twilio.internal"}, "TWILIO_API_URL"),
        ({**SEGMENT, "PSEUDONYM_KEY": ""}, "PSEUDONYM_KEY"),
        ({**SEGMENT, "SEGMENT_API_URL": "http://127.0.0.1:8905"}, "SEGMENT_API_URL"),
        ({**SEGMENT, "SEGMENT_WRITE_KEY": "simulator-write-key"}, "SEGMENT_WRITE_KEY"),
        ({**MIXPANEL, "MIXPANEL_API_URL": "http://127.0.0.1:8906"}, "MIXPANEL_API_URL"),
        ({**MIXPANEL, "MIXPANEL_SERVICE_SECRET": ""}, "MIXPANEL_SERVICE_SECRET"),
    ],
)
def test_production_refuses_one_unsafe_value_and_names_only_that(environment, change, told):
    environment(**change)

    with pytest.raises(UnsafeConfiguration, match=re.escape(told)) as refused:
        Configuration.load()

    assert str(refused.value).count("  * ") == 1


def test_values_that_cannot_be_read_are_all_listed(environment):
    environment(PORT="ninety", HOLD_DAYS="-1")

    with pytest.raises(BadConfiguration) as refused:
        Configuration.load()

    assert "PORT: " in str(refused.value)
    assert "HOLD_DAYS: " in str(refused.value)


def test_a_command_in_unsafe_production_ends_with_the_list_and_no_traceback():
    ran = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=BASE_DIR,
        env=os.environ | {"ENVIRONMENT": "production"},
        check=False,
        capture_output=True,
        text=True,
    )

    assert ran.returncode != 0
    assert "ENVIRONMENT=production, but the configuration is unsafe" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_printed_table_is_the_configuration():
    assert is_fresh()
