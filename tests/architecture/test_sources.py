"""What a reader may rely on in every file: its size, and that it is finished and at home on any machine."""

import ast
import re

from tests.architecture.tree import python_files, shown, tracked_files

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
LINE_CHARACTERS_MAX = 120
BINARY = {".png", ".jpg", ".jpeg", ".webp", ".woff2", ".ico", ".gz", ".pdf", ".xlsx", ".mo"}
GENERATED = {"0001_initial.py"}

# Written in pieces, so that this file does not find itself.
MACHINE_PATHS = re.compile(
    "|".join(f"/{place}/" for place in ("work", "root", "home/[a-z]+", "Users/[A-Za-z]+"))
)
REGISTRY_HOSTS = re.compile(
    "|".join(["py" + r"pi\.org", "python" + r"hosted\.", "npm" + r"js\.", "registry" + r"\.yarn"])
)
UNFINISHED = re.compile(
    "|".join(rf"\b{word}\b[: (]" for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"))
)
BARE_IGNORES = re.compile(r"#\s*noqa(?!:)|type:\s*ignore(?!\[)")
SKIPS = re.compile("|".join([r"mark\.(skip|xfail)", r"pytest\.(skip|xfail)", r"unittest\.skip"]))

SOURCES = [path for path in python_files() if path.name not in GENERATED]
TEXTS = [path for path in tracked_files() if path.suffix not in BINARY]


def _lines(pattern, paths) -> list[str]:
    return [
        f"{shown(path)}:{number}: {line.strip()[:80]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_a_file_and_its_functions_can_be_read_in_one_go():
    texts = {shown(path): path.read_text(encoding="utf-8") for path in SOURCES}
    files = {name: len(text.splitlines()) for name, text in texts.items()}
    functions = {
        f"{name}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, text in texts.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {name: size for name, size in files.items() if size > FILE_LINES_MAX} == {}
    assert {name: size for name, size in functions.items() if size > FUNCTION_LINES_MAX} == {}


def test_no_file_names_a_place_on_somebodys_machine():
    assert _lines(MACHINE_PATHS, TEXTS) == []


def test_no_file_names_a_package_registry():
    assert _lines(REGISTRY_HOSTS, TEXTS) == []


def test_nothing_is_left_for_later():
    assert _lines(UNFINISHED, SOURCES) == []
    assert _lines(SKIPS, SOURCES) == []


def test_every_silenced_warning_says_which():
    assert _lines(BARE_IGNORES, SOURCES) == []


def test_words_that_say_nothing_name_no_module():
    empty = {"utils", "helpers", "manager", "managers", "service", "services", "misc", "common"}

    assert [shown(path) for path in SOURCES if path.stem in empty] == []


def test_nothing_reacts_to_djangos_signals():
    signals = re.compile(
        r"from django\.db\.models import signals|django\.db\.models\.signals|@receiver\("
    )

    assert _lines(signals, [path for path in SOURCES if "tests" not in path.parts]) == []
