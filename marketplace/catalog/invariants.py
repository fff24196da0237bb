"""What must hold of the catalogue at every moment."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "catalog.tree_has_roots",
        _("Every category is reached from a root: the tree has no cycle."),
        by_sql(
            "SELECT count(*) FROM catalog_category",
            "WITH RECURSIVE reached AS ("
            "SELECT id FROM catalog_category WHERE parent_id IS NULL"
            " UNION SELECT c.id FROM catalog_category c JOIN reached r ON c.parent_id = r.id)"
            " SELECT reference FROM catalog_category WHERE id NOT IN (SELECT id FROM reached)",
        ),
    ),
]
