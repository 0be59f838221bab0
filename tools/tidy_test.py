#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Breaks each rule of tidy once, on trees held in memory, and keeps it once.

usage: tidy_test.py
"""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import tidy  # noqa: E402  the file beside this one

HEAD = "// " + tidy.SPDX + "\n"


def includes(*names):
    return HEAD + "".join(f'#include "{name}"\n' for name in names)


class Floors(unittest.TestCase):
    def check(self, path, *names):
        return list(tidy.check_floors({path: includes(*names)}))

    def refused(self, path, name):
        found = self.check(path, name)
        self.assertEqual(len(found), 1, f"{path} includes {name}: {found}")
        self.assertIn(path, found[0])

    def allowed(self, path, *names):
        self.assertEqual(self.check(path, *names), [])

    def test_a_floor_may_include_those_named_behind_it(self):
        rows = {
            "codec/json": ["core"], "registry": ["core"], "http": ["core"], "domain": ["core"],
            "protocol/rest": ["codec/json", "registry", "http", "core", "protocol"],
            "orm": ["registry", "domain", "core"], "net": ["http", "core"],
            "storage/sqlite": ["orm", "domain", "core", "storage"],
            "modules/base": ["orm", "registry", "domain", "core", "modules"],
            "client": ["protocol/rest", "net", "http", "registry", "domain", "codec/xml", "core"],
            "server": ["storage/sqlite", "modules/base", "client", "protocol/rest", "orm", "net"],
        }
        for unit, targets in rows.items():
            self.allowed(f"parley/{unit}/x.cpp", *(f"parley/{target}/y.hpp" for target in targets))

    def test_a_floor_may_not_include_any_other(self):
        rows = {
            "core": ["registry", "http", "codec/json"], "codec/json": ["registry", "http"],
            "registry": ["http", "domain", "codec/json"], "http": ["registry", "net"],
            "domain": ["registry", "orm"], "protocol": ["orm", "domain", "net"],
            "orm": ["storage/sqlite", "protocol", "http", "net"], "net": ["registry", "codec/json"],
            "storage/sqlite": ["registry", "http"], "modules/base": ["storage/sqlite", "http"],
            "client": ["orm", "storage/sqlite", "server"],
        }
        for unit, targets in rows.items():
            for target in targets:
                self.refused(f"parley/{unit}/x.cpp", f"parley/{target}/y.hpp")

    def test_nothing_below_includes_what_stands_on_top(self):
        for target in ("parley/server/app.hpp", "apps/parley/x.hpp", "parley/parley.hpp"):
            self.refused("parley/orm/x.cpp", target)

    def test_siblings_never_include_each_other(self):
        self.refused("parley/codec/json/x.cpp", "parley/codec/xml/y.hpp")
        self.refused("parley/protocol/xmlrpc/x.cpp", "parley/protocol/jsonrpc/y.hpp")
        self.refused("parley/storage/postgresql/x.cpp", "parley/storage/sqlite/y.hpp")
        self.refused("examples/demo/x.cpp", "examples/persons/y.hpp")

    def test_a_shared_member_is_for_those_named(self):
        self.allowed("parley/protocol/xmlrpc/x.cpp", "parley/protocol/odoo/y.hpp")
        self.allowed("parley/storage/sqlite/x.cpp", "parley/storage/sql/y.hpp")
        self.refused("parley/protocol/rest/x.cpp", "parley/protocol/odoo/y.hpp")
        self.refused("parley/storage/sql/x.cpp", "parley/storage/sqlite/y.hpp")

    def test_an_open_folder_sees_its_members_in_its_list_alone(self):
        self.allowed("parley/protocol/list.cpp", "parley/protocol/jsonrpc/y.hpp")
        self.refused("parley/protocol/router.cpp", "parley/protocol/jsonrpc/y.hpp")

    def test_a_part_of_a_floor_is_the_floor(self):
        self.allowed("parley/orm/fields/x.cpp", "parley/orm/model.hpp", "parley/orm/fields/y.hpp")
        self.refused("parley/orm/fields/x.cpp", "parley/http/y.hpp")

    def test_the_top_includes_everything_below(self):
        self.allowed("apps/parley/x.cpp", "parley/server/app.hpp", "apps/parley/y.hpp")
        self.allowed("tests/orm/x.cpp", "parley/storage/sqlite/y.hpp", "tests/support/z.hpp")

    def test_a_folder_nobody_named_is_a_fault(self):
        self.assertIn("no floor", self.check("parley/misplaced/x.cpp", "parley/core/y.hpp")[0])

    def test_an_include_starts_at_the_repository_root(self):
        self.assertIn("repository root", self.check("parley/core/x.cpp", "y.hpp")[0])

    def test_an_angle_include_counts_too(self):
        text = HEAD + "  #  include <parley/orm/model.hpp>\n"
        self.assertEqual(len(list(tidy.check_floors({"parley/core/x.cpp": text}))), 1)

    def test_a_library_stays_in_its_folder(self):
        text = HEAD + "#include <sqlite3.h>\n"
        for path, count in (("parley/orm/x.cpp", 1), ("parley/storage/sqlite/x.cpp", 0),
                            ("parley/orm/x_test.cpp", 0)):
            self.assertEqual(len(list(tidy.check_floors({path: text}))), count, path)


class Files(unittest.TestCase):
    def found(self, check, tree):
        return list(check(tree))

    def test_a_folder_has_a_readme_of_at_most_30_lines(self):
        source = {"parley/net/x.cpp": HEAD}
        self.assertIn("no README.md", self.found(tidy.check_readmes, source)[0])
        short, long = "x\n" * 30, "x\n" * 31
        self.assertEqual(self.found(tidy.check_readmes, source | {"parley/net/README.md": short}), [])
        self.assertIn("31 lines",
                      self.found(tidy.check_readmes, source | {"parley/net/README.md": long})[0])

    def test_a_source_begins_with_the_spdx_line(self):
        self.assertEqual(self.found(tidy.check_spdx, {"a/x.hpp": HEAD}), [])
        self.assertEqual(len(self.found(tidy.check_spdx, {"a/x.hpp": "#pragma once\n" + HEAD})), 1)

    def test_a_source_is_listed_by_cmake(self):
        cases = {
            "parley/net/CMakeLists.txt": "parley_folder(net SOURCES x.cpp)",
            "parley/CMakeLists.txt": "add_library(x net/x.cpp)",
            "parley/net/sources.cmake": "set(s ${CMAKE_CURRENT_LIST_DIR}/x.cpp)",
            "parley/net/parts.cmake": "set(s net/x.cpp)",
            "CMakeLists.txt": "add_library(x ${CMAKE_SOURCE_DIR}/parley/net/x.cpp)",
            "parley/net/more/CMakeLists.txt": "add_library(x ../x.cpp)",
        }
        for cmake, text in cases.items():
            self.assertEqual(self.found(tidy.check_dead_files, {"parley/net/x.cpp": HEAD, cmake: text}),
                             [], cmake)

    def test_a_source_nobody_lists_is_dead(self):
        cases = {
            "parley/net/CMakeLists.txt": "parley_folder(net SOURCES y.cpp)  # x.cpp",
            "parley/http/CMakeLists.txt": "parley_folder(http SOURCES x.cpp)",
            "parley/net/sources.cmake": "file(GLOB s *.cpp)",
        }
        for cmake, text in cases.items():
            found = self.found(tidy.check_dead_files, {"parley/net/x.cpp": HEAD, cmake: text})
            self.assertEqual(found, ["parley/net/x.cpp: no CMakeLists.txt lists it"], cmake)

    def test_a_folder_that_finds_its_sources_by_itself_has_none_that_are_dead(self):
        cmake = {"parley/net/CMakeLists.txt": "file(GLOB_RECURSE s CONFIGURE_DEPENDS *.cpp)"}
        self.assertEqual(self.found(tidy.check_dead_files, {"parley/net/tls/x.cpp": HEAD} | cmake), [])
        self.assertEqual(len(self.found(tidy.check_dead_files, {"parley/http/x.cpp": HEAD} | cmake)), 1)

    def test_a_loop_over_names_lists_their_sources(self):
        cmake = {"examples/CMakeLists.txt":
                 "foreach(name demo)\nadd_executable(${name} ${name}/main.cpp)\nendforeach()"}
        self.assertEqual(self.found(tidy.check_dead_files, {"examples/demo/main.cpp": HEAD} | cmake), [])
        self.assertEqual(len(self.found(tidy.check_dead_files, {"examples/old/main.cpp": HEAD} | cmake)),
                         1)

    def test_a_header_nobody_includes_is_dead(self):
        tree = {"parley/net/x.hpp": HEAD}
        self.assertIn("nothing includes", self.found(tidy.check_dead_files, tree)[0])
        user = {"tests/orm/y.hpp": includes("parley/net/x.hpp")}
        self.assertEqual(self.found(tidy.check_dead_files, tree | user), [])
        self.assertEqual(self.found(tidy.check_dead_files, {"parley/parley.hpp": HEAD}), [])

    def test_a_todo_has_a_known_kind(self):
        for kind in ("soon", "perf", "security", "test"):
            self.assertEqual(self.found(tidy.check_todos, {"a/x.cpp": f"// TODO({kind}): y"}), [])
        for text in ("// TODO(now): y", "// TODO: y", "// TODO y", "// TODO(later): y"):
            self.assertEqual(len(self.found(tidy.check_todos, {"a/x.cpp": text})), 1, text)

    def test_a_file_is_named_for_its_subject(self):
        for path in ("a/utils.cpp", "a/utils_test.cpp", "a/string_helpers.hpp", "misc/x.cpp"):
            self.assertEqual(len(self.found(tidy.check_names, {path: HEAD})), 1, path)
        self.assertEqual(self.found(tidy.check_names, {"a/odoo_common.cpp": HEAD}), [])

    def test_a_path_of_one_machine_is_refused(self):
        for text in ("see /work/x", "cd /tmp/build-x", "a helper session", "FIXME"):
            self.assertEqual(len(self.found(tidy.check_words, {"docs/x.md": "\n" + text})), 1, text)
        self.assertEqual(self.found(tidy.check_words, {"docs/x.md": "a network/workload"}), [])

    def test_a_long_file_must_be_listed_and_may_not_grow(self):
        long = {"a/x.cpp": "\n" * 501}
        self.assertIn("split it", self.found(tidy.check_sizes, long)[0])
        self.assertEqual(
            self.found(tidy.check_sizes, long | {"tools/sizes.txt": "# why\na/x.cpp 501\n"}), [])
        self.assertIn("may not grow", self.found(
            tidy.check_sizes, {"a/x.cpp": "\n" * 502, "tools/sizes.txt": "a/x.cpp 501"})[0])
        self.assertIn("needs no row", self.found(
            tidy.check_sizes, {"a/x.cpp": "\n" * 499, "tools/sizes.txt": "a/x.cpp 501"})[0])

    def test_long_headers_are_listed_to_look_at(self):
        tree = {"a/x.hpp": "\n" * 251, "a/y.cpp": "\n" * 500}
        self.assertEqual(list(tidy.look_at(tree)), ["look at a/x.hpp: 251 lines"])


class Program(unittest.TestCase):
    def test_the_ratchet_follows_a_file_down_and_the_status_tells_of_faults(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "tools").mkdir()
            (root / "build").mkdir()
            (root / "build/skipped.cpp").write_text("TODO")
            (root / "long.py").write_text("#\n" * 600)
            (root / "tools/sizes.txt").write_text("# head\nlong.py 700\ngone.py 900\n")
            self.assertEqual(self.run_tidy(root), 1)
            self.assertEqual(self.run_tidy(root, "--ratchet"), 0)
            self.assertEqual((root / "tools/sizes.txt").read_text(), "# head\nlong.py 600\n")
            self.assertEqual(self.run_tidy(root), 0)

    def run_tidy(self, *arguments):
        sys.argv = ["tidy.py", *map(str, arguments)]
        with contextlib.redirect_stdout(io.StringIO()):
            return tidy.main()


if __name__ == "__main__":
    unittest.main()
