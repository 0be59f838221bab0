# SPDX-License-Identifier: Apache-2.0
"""Instructions and system calls of one call: counted around a short and a long row of calls, so
that what is not a call's own (start, attaching, idle sweeps) cancels out."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

CALLGRIND_TOTAL = re.compile(r"^(?:totals|summary): (\d+)", re.M)
STRACE_ROW = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", re.M)
ATTACH_SECONDS_MAX = 20
# What the kernel counts when the tracer comes, and what a thread that only waits would repeat.
NOT_OF_A_CALL = {"restart_syscall"}


def callgrind_prefix(folder):
    """Words in front of a command to run it under callgrind; its counts go to `folder`."""
    return ["valgrind", "--tool=callgrind", "--quiet", "--trace-children=no",
            f"--callgrind-out-file={folder}/counts"]


def total_of(folder):
    """Instructions in the newest file of counts."""
    newest = max(pathlib.Path(folder).glob("counts*"), key=lambda path: path.stat().st_mtime_ns)
    return int(CALLGRIND_TOTAL.search(newest.read_text(errors="replace"))[1])


def instructions(pid, folder, send, short, long):
    """User-space instructions a call of a process under callgrind; `send(n)` makes n calls."""
    def count(calls):
        subprocess.run(["callgrind_control", "--zero", str(pid)], check=True, capture_output=True)
        send(calls)
        subprocess.run(["callgrind_control", "--dump", str(pid)], check=True, capture_output=True)
        return total_of(folder)

    return (count(long) - count(short)) / (long - short)


def instructions_of_program(command, short, long):
    """Of a program that takes the number of rounds as its last argument."""
    def count(calls):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([*callgrind_prefix(folder), *command, str(calls)], check=True,
                           capture_output=True)
            return total_of(folder)

    return (count(long) - count(short)) / (long - short)


def count_strace(text):
    return sum(int(calls) for calls, name in STRACE_ROW.findall(text)
               if name != "total" and name not in NOT_OF_A_CALL)


def system_calls(pids, send, short, long):
    """System calls a call, all threads of the processes."""
    def count(calls):
        with tempfile.NamedTemporaryFile("r") as counts:
            words = ["strace", "-f", "-c", "-o", counts.name]
            for pid in pids:
                words += ["-p", str(pid)]
            with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as tracer:
                for _ in pids:  # one line each: "strace: Process 7 attached with 4 threads"
                    line = tracer.stderr.readline()
                    if "attached" not in line:
                        tracer.kill()
                        raise OSError(f"strace does not attach: {line.strip()}")
                send(calls)
                tracer.send_signal(signal.SIGINT)
                tracer.communicate(timeout=ATTACH_SECONDS_MAX)
            return count_strace(counts.read())

    return (count(long) - count(short)) / (long - short)


def system_calls_of_program(command, short, long):
    def count(calls):
        with tempfile.NamedTemporaryFile("r") as counts:
            subprocess.run(["strace", "-f", "-c", "-o", counts.name, *command, str(calls)],
                           check=True, capture_output=True)
            return count_strace(counts.read())

    return (count(long) - count(short)) / (long - short)


def missing_tools():
    return [name for name in ("valgrind", "callgrind_control", "strace", "wrk")
            if shutil.which(name) is None]


def cpu_seconds(pids):
    """User and system time of the processes so far."""
    total = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")
