# SPDX-License-Identifier: Apache-2.0
"""The program is built so that a bug is harder to use: what its file says, read with readelf.

Used as `hardening_test.py PATH_OF_PARLEY BUILD_TYPE SOURCES [unittest arguments]`. A build for
debugging has the links' part alone; what a release is compiled with is looked at in a small program
that is compiled with a release's own flags, taken from what CMake would run.
"""
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

PROGRAM, BUILD_TYPE, SOURCES = "", "", ""
LINKED = {"position independent", "relocations read only", "bound at start", "stack not executable", "no text relocations",
          "no path of libraries"}
COMPILED = {"stack protector", "checked library calls", "stack clash protection", "branch targets"}
SAMPLE = """
#include <cstdio>
#include <cstring>
int main(int argc, char** argv) {
  char text[8];
  std::strcpy(text, argv[argc - 1]);
  std::puts(text);
}
"""


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, errors="replace").stdout


def properties(path):
    """What `path` has of LINKED and COMPILED."""
    header, segments, dynamic, symbols = (output_of("readelf", "-W", flag, path) for flag in ("-h", "-l", "-d", "--dyn-syms"))
    relro = "GNU_RELRO" in segments
    stack = re.search(r"GNU_STACK.* (R?W?E?) +0x[0-9a-f]+$", segments, re.M)
    has = {"position independent": bool(re.search(r"Type: +DYN", header)) and "PIE" in dynamic,
           "relocations read only": relro,
           "bound at start": relro and bool(re.search(r"FLAGS_1.*NOW|BIND_NOW", dynamic)),
           "stack not executable": stack is not None and "E" not in stack[1],
           "no text relocations": "TEXTREL" not in dynamic,
           "no path of libraries": "RPATH" not in dynamic and "RUNPATH" not in dynamic,
           "stack protector": "__stack_chk_fail" in symbols,
           "checked library calls": bool(re.search(r"__\w+_chk\b", symbols)),
           "branch targets": "endbr64" in output_of("objdump", "-d", "--no-show-raw-insn", "--disassemble=main", path)}
    # The compiler notes its flags in the debug information, once for each file it compiled.
    flags = re.findall(r"GNU C(?:\+\+|)\d+ [\d.]+.*", output_of("readelf", "--string-dump=.debug_str", "--string-dump=.debug_line_str", path))
    has["stack clash protection"] = bool(flags) and all("-fstack-clash-protection" in one for one in flags)
    return {name for name, is_so in has.items() if is_so}


def release_flags():
    """The compiler, and the flags it gets for a file of this project in a release."""
    with tempfile.TemporaryDirectory(prefix="parley-hardening-") as folder:
        subprocess.run(["cmake", "--preset", "release", "-S", SOURCES, "-B", folder, "-DPARLEY_ONLY=core"], check=True,
                       capture_output=True, cwd=SOURCES)
        entries = json.loads((pathlib.Path(folder) / "compile_commands.json").read_text())
        link = (pathlib.Path(folder) / "build.ninja").read_text()
    words = shlex.split(next(entry["command"] for entry in entries if entry["file"].endswith("parley/core/error.cpp")))
    compiler = next(word for word in words if re.search(r"(c|g|clang)\+\+(-\d+)?$", word))
    kept = [word for word in words if re.match(r"-(O|D_|U_|f(?!pch)|g\d|march|std)", word)]
    linked = re.search(r"build parley/core/parley_core_test: CXX_EXECUTABLE.*?LINK_FLAGS = (.*?)\n", link, re.S)
    return compiler, kept, shlex.split(linked[1]) if linked else []


def built(compiler, flags, folder):
    source, program = pathlib.Path(folder) / "sample.cpp", pathlib.Path(folder) / "sample"
    source.write_text(SAMPLE)
    subprocess.run([compiler, *flags, "-w", str(source), "-o", str(program)], check=True, capture_output=True)
    return str(program)


class Hardening(unittest.TestCase):
    def test_the_program_is_linked_hardened(self):
        wanted = LINKED | {"stack protector"} | (COMPILED if BUILD_TYPE == "Release" else set())
        self.assertEqual(wanted - properties(PROGRAM), set())

    def test_a_release_is_compiled_hardened(self):
        compiler, flags, links = release_flags()
        self.assertIn("-fcf-protection=full", flags)
        with tempfile.TemporaryDirectory() as folder:
            missing = (LINKED | COMPILED) - properties(built(compiler, [*flags, "-g1", *links], folder))
        if "clang" in compiler:
            missing -= {"stack clash protection"}  # clang does not note its flags
        self.assertEqual(missing, set())

    def test_a_program_without_them_is_told_from_one_with_them(self):
        bare = ["-O2", "-g1", "-fno-stack-protector", "-U_FORTIFY_SOURCE", "-fno-pie", "-no-pie", "-Wl,-z,norelro,-z,lazy,-z,execstack",
                "-Wl,-rpath,/nowhere", "-fcf-protection=none", "-fno-stack-clash-protection"]
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(properties(built("g++", bare, folder)), {"no text relocations"})
            partial = properties(built("g++", ["-O2", "-fstack-protector-strong", "-pie", "-fPIE"], folder))
            self.assertIn("stack protector", partial)
            self.assertNotIn("bound at start", partial)
            self.assertNotIn("checked library calls", partial)


if __name__ == "__main__":
    PROGRAM, BUILD_TYPE, SOURCES = os.path.abspath(sys.argv.pop(1)), sys.argv.pop(1), os.path.abspath(sys.argv.pop(1))
    unittest.main()
