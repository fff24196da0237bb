"""What is searched in: words without accents and punctuation, found also with typing mistakes."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations

WORDS = r"""
CREATE OR REPLACE FUNCTION search_words(written text) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(
        regexp_replace(lower(unaccent(written)), '[^[:alnum:].]+', ' ', 'g'),
        '([0-9]) (gb|tb|mb|mah|mp|hz|w|v|kg|ml)\M', '\1\2', 'g'));
COMMENT ON FUNCTION search_words IS
    'Words as the index and the queries compare them: "128 GB/Café" becomes "128gb cafe".';
"""


class Migration(migrations.Migration):
    atomic = False  # Indexes are built and dropped beside the traffic.
    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.RunSQL(WORDS, "DROP FUNCTION search_words(text)"),
        RemoveIndexConcurrently("searchdocument", name="search_document_title_trgm"),
        AddIndexConcurrently(
            "searchdocument",
            GinIndex(
                fields=["words"], opclasses=["gin_trgm_ops"], name="search_document_words_trgm"
            ),
        ),
    ]
