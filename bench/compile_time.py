#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What many models cost: CPU time of the compiler, and time from start to listening.

usage: compile_time.py [--build DIR] [--models N] [--results DIR]

The same N models are written twice: as structs of one C++ program (the target bench_models, which
is built for it) and as one module folder in YAML. Each server starts twice: in an empty folder,
where tables are made, and in the folder it left.
"""
import argparse
import json
import os
import pathlib
import resource
import shlex
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "tests/support"))
import server  # noqa: E402  tests/support

PROLOGUE = """// Written by bench/compile_time.py.
#include "parley/parley.hpp"
using namespace parley;

"""
STRUCT = """struct Model{n} : orm::Model {{
  static constexpr std::string_view name = "bench.model{n}";
  orm::Char title{{*this, "title", {{.required = true, .size = 120}}}};
  orm::Char code{{*this, "code", {{.size = 16}}}};
  orm::Float price{{*this, "price", {{.help = "In EUR."}}}};
  orm::Date due{{*this, "due", {{.help = "Empty while open."}}}};
}};

"""
MAIN = """int main(int argc, char** argv) {{
  App app{{"bench_models"}};
{adds}  return app.run(argc, argv);
}}
"""
YAML = """- model: bench.model{n}
  description: Model {n}
  fields:
    title: {{type: char, string: Title, required: true, size: 120}}
    code: {{type: char, string: Code, size: 16}}
    price: {{type: float, string: Price, help: In EUR.}}
    due: {{type: date, string: Due, help: Empty while open.}}
"""
ACCESS = ("- {{id: access_bench_model{n}, name: bench.model{n} user, model: bench.model{n}, "
          "group: base.group_user, read: 1, write: 1, create: 1, unlink: 1}}\n")
MODULE = 'name: bench_yaml\ntitle: Many models\nsummary: Many models.\nversion: "1.0"\n' \
         "depends: [base]\ncategory: Hidden\n"


def cpp_text(count):
    adds = "".join(f"  app.add<Model{n}>();\n" for n in range(count))
    return PROLOGUE + "".join(STRUCT.format(n=n) for n in range(count)) + MAIN.format(adds=adds)


def write_module(folder, count):
    """A module folder `bench_yaml` under `folder`."""
    module = folder / "bench_yaml"
    (module / "models").mkdir(parents=True)
    (module / "module.yaml").write_text(MODULE)
    (module / "models/models.yaml").write_text("".join(YAML.format(n=n) for n in range(count)))
    (module / "access.yaml").write_text("".join(ACCESS.format(n=n) for n in range(count)))


def compile_command(build, source):
    for entry in json.loads((build / "compile_commands.json").read_text()):
        if pathlib.Path(entry["directory"], entry["file"]).resolve() == source.resolve():
            return shlex.split(entry["command"]), entry["directory"]
    raise SystemExit(f"{source}: not in compile_commands.json")


def compile_cpu_seconds(build, source, text):
    """CPU time to compile `text` as if it stood in `source`; the object is thrown away."""
    words, folder = compile_command(build, source)
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as other:
        other.write(text)
        other.flush()
        words[words.index("-o") + 1] = "/dev/null"
        words[words.index("-c") + 1] = other.name
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(words, cwd=folder, check=True, env=os.environ | {"CCACHE_DISABLE": "1"})
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def start_seconds(program, data, *more):
    """From the start of the process to `listening`."""
    began = time.monotonic()
    arguments = ["serve", "--host", "127.0.0.1", "--port", "0", "--data", str(data), "--database",
                 "bench", *more]
    with server.Server(program, arguments) as running:
        took = time.monotonic() - began
        running.stop()
    return took


def starts(program, *more):
    """Seconds of a start that makes the database, and of one that finds it."""
    with tempfile.TemporaryDirectory() as data:
        return {"first": start_seconds(program, data, *more),
                "again": start_seconds(program, data, *more)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--models", type=int, default=300)
    parser.add_argument("--results", type=pathlib.Path, help="folder to store the numbers in")
    options = parser.parse_args()
    source = options.build / "bench/models/models.cpp"
    source.parent.mkdir(exist_ok=True)
    text = cpp_text(options.models)
    if not source.exists() or source.read_text() != text:
        source.write_text(text)
    subprocess.run(["cmake", "--build", str(options.build), "--target", "bench_models", "parley"],
                   check=True, stdout=subprocess.DEVNULL)
    plain, declared = options.build / "apps/parley/parley", options.build / "bench/bench_models"
    with tempfile.TemporaryDirectory() as folder:
        write_module(pathlib.Path(folder), options.models)
        numbers = {
            "models": options.models,
            "compile_cpu_seconds": {
                "no model": compile_cpu_seconds(options.build, source, cpp_text(0)),
                "as structs": compile_cpu_seconds(options.build, source, text)},
            "start_seconds": {
                "base alone": starts(plain, "--modules", "base"),
                "as structs": starts(declared, "--modules", "base"),
                "as YAML": starts(plain, "--modules", "base,bench_yaml", "--modules-path",
                                  str(ROOT / "modules"), "--modules-path", folder)}}
    print(json.dumps(numbers, indent=1))
    if options.results:
        options.results.mkdir(parents=True, exist_ok=True)
        (options.results / f"models-{options.models}.json").write_text(
            json.dumps(numbers, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
