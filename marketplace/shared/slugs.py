"""Slugs: names in addresses, unique in their table."""

from itertools import count

from django.db import models
from django.utils.text import slugify

from marketplace.shared.locks import one_at_a_time

# Room for "-12345" behind the words.
SUFFIX_LENGTH_MAX = 6


def free_slug(rows: models.QuerySet, text: str, *, otherwise: str) -> str:  # type: ignore[type-arg]
    """A slug of `text` that no row has: `lamp`, else `lamp-2`, and so on.

    Two who ask for the same words at once wait for each other, so it stays free until the end of
    the caller's transaction. `otherwise` serves for texts without a single Latin letter or digit.
    """
    length_max = rows.model._meta.get_field("slug").max_length - SUFFIX_LENGTH_MAX
    base = slugify(text)[:length_max].strip("-") or otherwise
    one_at_a_time(f"slug:{rows.model._meta.db_table}:{base}")
    taken = set(rows.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(slug for n in count(2) if (slug := f"{base}-{n}") not in taken)
