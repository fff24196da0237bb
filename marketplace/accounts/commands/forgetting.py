"""Forgetting what no longer proves anything: spent tokens, codes and challenges, old sessions."""

from datetime import timedelta

from django.db import transaction

from marketplace.accounts.models import (
    ConsoleSession,
    OneTimeCode,
    PasskeyChallenge,
    PasswordLink,
    RefreshFamily,
    RefreshToken,
)
from marketplace.accounts.states import PasswordLinkKind
from marketplace.shared import clock

# A stolen token is recognised by its second use as long as its row is kept.
KEPT = timedelta(days=30)
ROWS_PER_SWEEP = 5_000


@transaction.atomic
def forget_spent() -> int:
    """Delete tokens and codes that expired more than KEPT ago; how many rows are gone. Repeatable.

    Rows are numbered as time goes by, so the oldest are looked at and no index is needed.
    """
    before = clock.now() - KEPT
    oldest = RefreshToken.objects.order_by("pk").values("pk")[:ROWS_PER_SWEEP]
    spent = RefreshToken.objects.filter(pk__in=oldest, expires_at__lt=before)
    families = set(spent.values_list("family_id", flat=True))
    tokens, _by_model = spent.delete()
    # A family lives as long as one of its tokens does.
    ended, _by_model = RefreshFamily.objects.filter(pk__in=families, tokens=None).delete()
    oldest_codes = OneTimeCode.objects.order_by("pk").values("pk")[:ROWS_PER_SWEEP]
    codes, _by_model = OneTimeCode.objects.filter(
        pk__in=oldest_codes, expires_at__lt=before
    ).delete()
    oldest_sessions = ConsoleSession.objects.order_by("pk").values("pk")[:ROWS_PER_SWEEP]
    sessions, _by_model = ConsoleSession.objects.filter(
        pk__in=oldest_sessions, seen_at__lt=before
    ).delete()
    oldest_challenges = PasskeyChallenge.objects.order_by("pk").values("pk")[:ROWS_PER_SWEEP]
    challenges, _by_model = PasskeyChallenge.objects.filter(
        pk__in=oldest_challenges, expires_at__lt=clock.now()
    ).delete()
    oldest_links = PasswordLink.objects.order_by("pk").values("pk")[:ROWS_PER_SWEEP]
    links, _by_model = PasswordLink.objects.filter(
        pk__in=oldest_links, kind=PasswordLinkKind.FORGOTTEN, expires_at__lt=before
    ).delete()
    return tokens + ended + codes + sessions + challenges + links
