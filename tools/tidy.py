#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what the compiler cannot: floors, dead files, names, README lengths, words, sizes.

usage: tidy.py [ROOT] [--ratchet]

Prints one line for each fault and ends with status 1 when there is any. Long files are listed as
places to look at; one over FILE_LINES_MAX must stand in tools/sizes.txt and may not grow.
--ratchet lowers the numbers of that file to what is there, and drops rows that are not needed.
"""
import argparse
import os
import pathlib
import re
import sys

EVERYTHING = "*"

# unit -> units it may include besides itself. A unit is a folder of parley/, or one member of an
# open folder (codec, protocol, storage, modules), which never sees its siblings.
FLOORS = {
    "core": "",
    "codec/*": "core",
    "registry": "core",
    "http": "core",
    "domain": "core",
    "protocol": "codec registry http core",
    "protocol/*": "protocol codec registry http core",
    "orm": "registry domain core",
    "net": "http core",
    "storage": "orm domain core",
    "storage/*": "storage orm domain core",
    "modules": "orm registry domain core",
    "modules/*": "modules orm registry domain core",
    "client": "protocol net http registry domain codec core",
    "server": "core codec registry http domain protocol orm net storage modules client",
}
OPEN_FOLDERS = ("codec", "protocol", "storage", "modules")
# What several members of an open folder share: shared member -> the members that may include it.
SHARED_MEMBERS = {
    "protocol/odoo": {"protocol/xmlrpc", "protocol/jsonrpc", "protocol/websession", "protocol/json2"},
    "storage/sql": {"storage/sqlite", "storage/postgresql"},
}
# Above the floors: may include all of parley/, and their own folder, but not one another.
TOP_FOLDERS = ("apps", "examples", "tests", "bench")

# A library's headers stay in one unit, so that leaving it costs one unit (docs/decisions/).
LIBRARIES = {
    "boost/asio": {"net"}, "boost/context": {"net"}, "llhttp": {"http"}, "simdjson.h": {"codec/json"},
    "sqlite3.h": {"storage/sqlite"}, "re2/": {"registry"}, "bson/": {"codec/bson"}, "zlib.h": {"http"},
    "openssl/": {"net"}, "yaml-cpp/": {"modules"}, "libpq-fe.h": {"storage/postgresql"},
}

SPDX = "SPDX-License-Identifier: Apache-2.0"
README_LINES_MAX = 30
HEADER_LINES_LOOK = 250
FILE_LINES_MAX = 500
TODO_KINDS = {"soon", "perf", "security", "test"}
BANNED_NAMES = {"utils", "util", "common", "misc", "helpers", "helper", "manager", "impl"}
BANNED_WORDS = {
    r"/work/": "a path of one machine",
    r"/tmp/build-": "a path of one machine",
    r"\bhelper session": "how it was made, not what it is",
    r"\bFIXME\b": "a TODO without a kind",
}

CPP = (".cpp", ".hpp")
CODE = CPP + (".py", ".sh", ".cmake", ".ts", ".tsx")
TEXT = CODE + (".txt", ".md", ".yaml", ".yml", ".json", ".html", ".css", ".calls", ".orm", ".talk")
SKIPPED_FOLDERS = {".git", "build", "var", "node_modules", "__pycache__"}
SELF = ("tools/tidy.py", "tools/tidy_test.py")  # they name what they refuse

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)
CMAKE_FILE = re.compile(r"[\w./*${}-]+\.(?:cpp|hpp)\b")
CMAKE_FOLDER = re.compile(r"^\$\{(CMAKE_CURRENT_SOURCE_DIR|CMAKE_CURRENT_LIST_DIR|CMAKE_SOURCE_DIR|"
                          r"PROJECT_SOURCE_DIR)\}/")
CURRENT_FOLDER = {"CMAKE_CURRENT_SOURCE_DIR", "CMAKE_CURRENT_LIST_DIR"}


def read_tree(root):
    """relative path with slashes -> text; files that are no text of ours are left out."""
    tree = {}
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        for name in sorted(names):
            path = pathlib.Path(folder, name)
            relative = path.relative_to(root).as_posix()
            if name.endswith(TEXT) or relative in ("dev", ".ci/run"):
                tree[relative] = path.read_text(encoding="utf-8", errors="replace")
    return tree


def folder_of(path):
    return path.rpartition("/")[0]


def unit_of(path):
    """parley/codec/json/x.hpp -> codec/json, parley/orm/fields/x.hpp -> orm, apps/parley/x -> apps/parley."""
    parts = folder_of(path).split("/")
    if parts[0] in TOP_FOLDERS:
        return "/".join(parts[:2])
    if parts[0] != "parley" or len(parts) < 2:
        return ""
    return "/".join(parts[1:3]) if parts[1] in OPEN_FOLDERS else parts[1]


def floor_of(unit):
    """The row of FLOORS for a unit, or None."""
    if unit in FLOORS:
        return FLOORS[unit].split()
    folder = unit.partition("/")[0]
    return FLOORS[folder + "/*"].split() if "/" in unit and folder + "/*" in FLOORS else None


def may_include(path, unit, target):
    """Whether a file of `unit` may include a header of the unit `target`."""
    if unit == target:
        return True
    folder, _, member = target.partition("/")
    if unit == folder and member:  # an open folder sees its members only where it lists them
        return path.rpartition("/")[2] in ("list.cpp", "list_test.cpp", "list.hpp")
    if folder == unit.partition("/")[0] and member:
        return unit in SHARED_MEMBERS.get(target, ())
    allowed = floor_of(unit)
    return allowed is not None and (folder in allowed or target in allowed)


def include_fault(path, unit, quote, name):
    """What is wrong with one include, or None."""
    target = unit_of(name)
    if path.split("/")[0] in TOP_FOLDERS:
        stranger = target and target not in (unit, "tests/support") and not name.startswith("parley/")
        return f"{unit} may not include {name}" if stranger else None
    if not unit:  # parley/parley.hpp gathers what users of the library need
        return None
    if name == "parley/parley.hpp":
        return f"{unit} may not include {name}, which is for users of the library"
    if target:
        return None if may_include(path, unit, target) else f"{unit} may not include {name}"
    if quote == '"':
        return f'"{name}" is not written from the repository root'
    if path.endswith(("_test.cpp", "_fuzz.cpp")):  # a judge may be any library
        return None
    for library, homes in LIBRARIES.items():
        if name.startswith(library) and unit not in homes:
            return f"{name} belongs to {' '.join(sorted(homes))} alone"
    return None


def check_floors(tree):
    for path, text in tree.items():
        if not path.endswith(CPP):
            continue
        unit = unit_of(path)
        if path.startswith("parley/") and unit and floor_of(unit) is None:
            yield f"{path}: no floor is named for parley/{unit}; add a row to FLOORS in tools/tidy.py"
            continue
        for quote, name in INCLUDE.findall(text):
            if fault := include_fault(path, unit, quote, name):
                yield f"{path}: {fault}"


def check_readmes(tree):
    folders = {folder_of(path) for path in tree if path.startswith("parley/") and path.endswith(CPP)}
    for folder in sorted(folders - {"parley"}):
        if folder + "/README.md" not in tree:
            yield f"{folder}: has no README.md"
    for path, text in tree.items():
        if path.startswith("parley/") and path.endswith("/README.md"):
            lines = len(text.splitlines())
            if lines > README_LINES_MAX:
                yield f"{path}: {lines} lines, at most {README_LINES_MAX}"


def check_spdx(tree):
    for path, text in tree.items():
        if path.endswith(CPP) and text.split("\n", 1)[0].strip() != "// " + SPDX:
            yield f"{path}: the first line is not // {SPDX}"


def path_pattern(path, star):
    """`path` as CMake writes it: ${name} stands for one word (a group), * too where `star` says."""
    pieces = re.split(r"(\$\{\w+\}|\*)", path)
    return re.compile("".join(
        r"(\w+)" if piece.startswith("${") else
        r"\w+" if piece == "*" and star else re.escape(piece) for piece in pieces))


def cmake_patterns(tree):
    """(pattern of whole paths, words of the file) for every source a CMake file names."""
    for path, text in tree.items():
        if not path.endswith((".cmake", "CMakeLists.txt")):
            continue
        text = re.sub(r"#.*", "", text)
        words = set(re.findall(r"\w+", text))
        here = folder_of(path)
        # x.cmake is included by a CMakeLists.txt of its own folder or of the one above
        bases = {here} if path.endswith("CMakeLists.txt") else {here, folder_of(here)}
        for token in CMAKE_FILE.findall(text):
            variable = CMAKE_FOLDER.match(token)
            rest = token[variable.end():] if variable else token
            from_top = variable and variable[1] not in CURRENT_FOLDER
            for base in {""} if from_top else bases:
                whole = os.path.normpath(f"{base}/{rest}" if base else rest)
                yield path_pattern(whole, star=here == "tests/compile_fail"), words


def check_dead_files(tree):
    sources = {path for path in tree if path.endswith(".cpp")}
    found_by_glob = tuple(folder_of(path) + "/" for path, text in tree.items()
                          if path.endswith("CMakeLists.txt") and "GLOB_RECURSE" in text)
    sources = {path for path in sources if not path.startswith(found_by_glob)}
    for pattern, words in cmake_patterns(tree):
        for path in list(sources):
            if (hit := pattern.fullmatch(path)) and set(hit.groups()) <= words:
                sources.discard(path)
    for path in sorted(sources):
        yield f"{path}: no CMakeLists.txt lists it"
    included = {name for path, text in tree.items() if path.endswith(CPP)
                for _, name in INCLUDE.findall(text)}
    for path in tree:
        if path.startswith("parley/") and path.count("/") > 1 and path.endswith(".hpp") \
                and path not in included:
            yield f"{path}: nothing includes it"


def check_todos(tree):
    for path, text in tree.items():
        if not (path.endswith(CODE) or path.endswith("CMakeLists.txt")) or path in SELF:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            for hit in re.finditer(r"\bTODO\b(?:\((\w*)\):)?", line):
                if hit[1] not in TODO_KINDS:
                    kinds = " ".join(sorted(TODO_KINDS))
                    yield f"{path}:{number}: a TODO is written TODO(kind): with a kind of: {kinds}"


def check_names(tree):
    for path in tree:
        if not path.endswith(CODE):
            continue
        *folders, name = path.split("/")
        stem = re.sub(r"(_test|_fuzz)?\.\w+$", "", name)
        if stem in BANNED_NAMES or stem.rpartition("_")[2] in BANNED_NAMES - {"common"}:
            yield f"{path}: a file is named for its subject, not {stem}"
        elif set(folders) & BANNED_NAMES:
            yield f"{path}: a folder is named for its subject"


def check_words(tree):
    for path, text in tree.items():
        if path in SELF:
            continue
        for pattern, reason in BANNED_WORDS.items():
            for hit in re.finditer(pattern, text):
                line = text.count("\n", 0, hit.start()) + 1
                yield f"{path}:{line}: {hit[0]!r} is {reason}"


def line_counts(tree):
    return {path: len(text.splitlines()) for path, text in tree.items()
            if path.endswith((".cpp", ".hpp", ".py", ".ts", ".tsx"))}


def read_ratchet(tree):
    rows = (line.split() for line in tree.get("tools/sizes.txt", "").splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and not row[0].startswith("#")}


def check_sizes(tree):
    ratchet = read_ratchet(tree)
    counts = line_counts(tree)
    for path, lines in counts.items():
        if lines > FILE_LINES_MAX and path not in ratchet:
            yield (f"{path}: {lines} lines, over {FILE_LINES_MAX}: split it, or list it in "
                   "tools/sizes.txt")
        elif lines > ratchet.get(path, lines):
            yield f"{path}: {lines} lines, yesterday {ratchet[path]}: it may not grow"
    for path in ratchet:
        if counts.get(path, 0) <= FILE_LINES_MAX:
            yield f"tools/sizes.txt: {path} needs no row any more"


def look_at(tree):
    """Not faults: files long enough to look at twice."""
    for path, lines in sorted(line_counts(tree).items(), key=lambda item: -item[1]):
        if lines > (HEADER_LINES_LOOK if path.endswith(".hpp") else FILE_LINES_MAX):
            yield f"look at {path}: {lines} lines"


def lower_ratchet(root, tree):
    counts = line_counts(tree)
    head = [line for line in tree.get("tools/sizes.txt", "").splitlines() if line.startswith("#")]
    rows = [f"{path} {min(lines, counts[path])}" for path, lines in sorted(read_ratchet(tree).items())
            if counts.get(path, 0) > FILE_LINES_MAX]
    (root / "tools/sizes.txt").write_text("\n".join(head + rows) + "\n")


CHECKS = (check_floors, check_readmes, check_spdx, check_dead_files, check_todos, check_names,
          check_words, check_sizes)


def faults(tree):
    return [fault for check in CHECKS for fault in check(tree)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("root", nargs="?", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--ratchet", action="store_true")
    arguments = parser.parse_args()
    tree = read_tree(arguments.root)
    if arguments.ratchet:
        lower_ratchet(arguments.root, tree)
        return 0
    for line in look_at(tree):
        print(line)
    found = faults(tree)
    for line in found:
        print(line)
    print(f"{len(tree)} files, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
