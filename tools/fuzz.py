#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds fuzz targets with clang and runs them for some seconds each.

usage: fuzz.py TARGET | --all  [--seconds N] [--jobs N] [--keep [FOLDER]]

A target is a parley_fuzz(NAME ...) of some CMakeLists.txt. A run starts from what earlier ones
found: tests/fuzz/NAME.zip, a small set of short inputs that reaches what they reached, and
tests/fuzz/NAME, seeds and inputs that once failed. What it finds itself stays in
build/fuzz/corpus/NAME; --keep writes the archives anew from there (or from FOLDER/NAME). A failing
input is written to build/fuzz/NAME-*; ends with status 1 when there is one.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/fuzz"
KEPT = ROOT / "tests/fuzz"
KEPT_INPUT_BYTES_MAX = 600  # larger ones are what short ones say again
KEPT_INPUTS_MAX = 3000
INPUT_BYTES_MAX = 65536
INPUT_SECONDS_MAX = 10
MEMORY_MIB_MAX = 2048


def targets():
    """Names without fuzz_, as ninja knows them once the preset is configured."""
    listing = subprocess.run(["ninja", "-C", BUILD, "-t", "targets", "all"], check=True,
                             capture_output=True, text=True).stdout
    return sorted(set(re.findall(r"^fuzz_(\w+): phony", listing, re.M)))


def program(name):
    found = [path for path in BUILD.rglob(f"fuzz_{name}") if path.is_file()]
    return found[0] if found else None


def unpacked(name):
    """The folder of the archive's inputs, or None."""
    archive, folder = KEPT / f"{name}.zip", BUILD / "kept" / name
    if not archive.exists():
        return None
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    return folder


def keep(name, found):
    """Writes the archive of a target: what it held, and what of the folder `found` adds to that."""
    small = BUILD / "small" / name
    shutil.rmtree(small, ignore_errors=True)
    small.mkdir(parents=True)
    sources = [folder for folder in (unpacked(name), KEPT / name, found) if folder and folder.is_dir()]
    done = subprocess.run([program(name), "-merge=1", f"-max_len={KEPT_INPUT_BYTES_MAX}", small, *sources],
                          cwd=ROOT, check=False, capture_output=True)
    inputs = sorted(path.read_bytes() for path in small.iterdir())
    if done.returncode != 0 or not inputs or len(inputs) > KEPT_INPUTS_MAX:
        print(f"fuzz {name}: not kept, {len(inputs)} inputs, status {done.returncode}")
        return False
    with zipfile.ZipFile(KEPT / f"{name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for number, one in enumerate(inputs):  # names and times of their own would differ at each run
            packed.writestr(zipfile.ZipInfo(f"{number:04}"), one, zipfile.ZIP_DEFLATED)
    print(f"fuzz {name}: {len(inputs)} inputs kept")
    return True


def fuzz(name, seconds):
    """True when nothing was found."""
    corpus = BUILD / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    seeds = KEPT / name
    folders = [corpus] + [folder for folder in (unpacked(name), seeds) if folder and folder.is_dir()]
    print(f"--- fuzz {name}, {seconds} s", flush=True)
    done = subprocess.run(
        [program(name), f"-max_total_time={seconds}", f"-max_len={INPUT_BYTES_MAX}",
         f"-timeout={INPUT_SECONDS_MAX}", f"-rss_limit_mb={MEMORY_MIB_MAX}",
         f"-artifact_prefix={BUILD}/{name}-", "-verbosity=0", "-print_final_stats=1", *folders],
        cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace")
    if done.returncode != 0:
        print(done.stdout[-8000:])
        print(f"fuzz {name}: FAILED; the input is {BUILD}/{name}-*", flush=True)
        return False
    runs = re.search(r"number_of_executed_units:\s*(\d+)", done.stdout)
    print(f"fuzz {name}: {runs[1] if runs else '?'} inputs, nothing found", flush=True)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("target", nargs="?")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--keep", nargs="?", const=BUILD / "corpus", type=pathlib.Path)
    arguments = parser.parse_args()
    if (arguments.target is None) != arguments.all:
        parser.error("name one target or say --all")

    if subprocess.run(["cmake", "--preset", "fuzz"], cwd=ROOT, check=False).returncode != 0:
        return 1
    known = targets()
    wanted = known if arguments.all else [arguments.target.removeprefix("fuzz_")]
    if not known or not set(wanted) <= set(known):
        print(f"fuzz: no target {' '.join(wanted)}; there are: {' '.join(known)}")
        return 1
    built = subprocess.run(["cmake", "--build", "--preset", "fuzz", "-j", str(arguments.jobs),
                            "--target", *(f"fuzz_{name}" for name in wanted)], cwd=ROOT,
                           check=False)
    if built.returncode != 0:
        return 1
    if arguments.keep:
        found = [(name, arguments.keep / name) for name in wanted if (arguments.keep / name).is_dir()]
        if not found:
            print(f"fuzz: no inputs of {' '.join(wanted)} in {arguments.keep}")
        return 0 if found and all([keep(name, folder) for name, folder in found]) else 1
    passed = [fuzz(name, arguments.seconds) for name in wanted]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
