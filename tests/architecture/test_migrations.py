"""A migration must run in ten years as it runs today, so it uses nothing of ours that may change."""

import ast

from tests.architecture.tree import PACKAGES, python_files, shown

# Fields, defaults and places that Django writes into migrations; they keep their names for ever.
ALLOWED = {
    "marketplace.shared.clock",
    "marketplace.shared.fields",
    "marketplace.shared.ids",
    "marketplace.shared.storage",
    "marketplace.shared.operations",
}

MIGRATIONS = [
    path
    for path in python_files()
    if path.parent.name == "migrations" and path.name != "__init__.py"
]


def test_a_migration_imports_no_project_code_but_fields():
    for path in MIGRATIONS:
        ours = {name for name in _imports(path) if name.split(".")[0] in PACKAGES}
        assert ours <= ALLOWED, shown(path)


def test_a_migration_says_what_it_does_in_its_name():
    for path in MIGRATIONS:
        number, _, what = path.stem.partition("_")
        assert number.isdigit(), shown(path)
        assert what, shown(path)
        assert "auto" not in what.split("_"), shown(path)


def _imports(path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found
