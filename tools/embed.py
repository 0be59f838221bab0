#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Packs files into one C++ source.

usage: embed.py MODULES_FOLDER OUTPUT.cpp
       embed.py --pages FOLDER OUTPUT.cpp

Every file of every folder that has a module.yaml goes in; the source defines
parley::modules::embedded_modules() of parley/modules/embedded.hpp. With --pages, what browsers
load from the folder: parley::server::page_files() of parley/server/page_files.hpp.
"""
import pathlib
import sys

PAGE_ENDINGS = {".css", ".html", ".js"}
CHUNK = 4096  # bytes of one literal: compilers promise 65,536 characters for a whole one


def literal(data):
    """`data` as the inside of a C++ string literal."""
    out = []
    for byte in data:
        char = chr(byte)
        if char == "\n":
            out.append("\\n")
        elif char in '"\\?':
            out.append("\\" + char)
        elif 32 <= byte < 127:
            out.append(char)
        else:
            out.append(f"\\{byte:03o}")  # three digits, so that a digit may follow
    return "".join(out)


def render(root):
    lines = ["// SPDX-License-Identifier: Apache-2.0", "// Written by tools/embed.py from modules/; do not edit.",
             '#include "parley/modules/embedded.hpp"', "", "#include <string_view>", "", "namespace parley::modules {",
             "namespace {", "", "using namespace std::string_view_literals;", "", "struct Part {",
             "  std::string_view module, path, bytes;", "};", "", "constexpr Part parts[] = {"]
    for head in sorted(root.glob("*/module.yaml")):
        folder = head.parent
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            data = path.read_bytes()
            name = path.relative_to(folder).as_posix()
            for start in range(0, max(len(data), 1), CHUNK):
                part = literal(data[start:start + CHUNK])
                lines.append(f'    {{"{literal(folder.name.encode())}", "{literal(name.encode())}", "{part}"sv}},')
    lines += ["};", "", "}  // namespace", "",
              "std::map<std::string, std::map<std::string, std::string>> embedded_modules() {",
              "  std::map<std::string, std::map<std::string, std::string>> out;",
              "  for (const Part& part : parts) out[std::string(part.module)][std::string(part.path)] += part.bytes;",
              "  return out;", "}", "", "}  // namespace parley::modules", ""]
    return "\n".join(lines)


def render_pages(folder):
    lines = ["// SPDX-License-Identifier: Apache-2.0", f"// Written by tools/embed.py from {folder.name}/; do not edit.",
             '#include "parley/server/page_files.hpp"', "", "namespace parley::server {", "",
             "const PageFiles& page_files() {", "  static const PageFiles files = [] {", "    PageFiles out;"]
    for path in sorted(p for p in folder.iterdir() if p.suffix in PAGE_ENDINGS):
        data = path.read_bytes()
        for start in range(0, max(len(data), 1), CHUNK):
            lines.append(f'    out["{literal(path.name.encode())}"] += "{literal(data[start:start + CHUNK])}";')
    lines += ["    return out;", "  }();", "  return files;", "}", "", "}  // namespace parley::server", ""]
    return "\n".join(lines)


def main():
    is_pages = sys.argv[1] == "--pages"
    root, output = map(pathlib.Path, sys.argv[2:4] if is_pages else sys.argv[1:3])
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(render_pages(root) if is_pages else render(root), encoding="utf-8")


if __name__ == "__main__":
    main()
