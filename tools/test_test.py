#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What test.py counts is what ctest said.

usage: test_test.py
"""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import test as stages  # noqa: E402  the file beside this one

HAPPY = """\
1/2 Test #1: core .............................   Passed    0.10 sec
2/2 Test #2: http .............................   Passed    0.01 sec

100% tests passed, 0 tests failed out of 2
"""
MIXED = """\
1/3 Test #1: core .............................***Failed    0.10 sec
a test that prints: 100% tests passed, in its own words
2/3 Test #2: postgresql .......................***Skipped   0.01 sec
3/3 Test #3: http .............................   Passed    0.01 sec

67% tests passed, 1 tests failed out of 3
"""


class Counting(unittest.TestCase):
    def test_the_total_line_is_counted(self):
        self.assertEqual(stages.count_ctest(HAPPY.splitlines()), (2, 0, []))

    def test_a_skipped_test_has_not_passed(self):
        self.assertEqual(stages.count_ctest(MIXED.splitlines()), (1, 1, ["postgresql"]))

    def test_without_a_total_nothing_is_known(self):
        self.assertEqual(stages.count_ctest(["No tests were found!!!"]), (None, None, []))

    def test_a_program_that_fails_or_is_absent_is_one_failed_entry(self):
        self.assertEqual(stages.one("true"), (1, 0))
        self.assertEqual(stages.one("false"), (0, 1))
        self.assertEqual(stages.one("/no/such/program"), (0, 1))


if __name__ == "__main__":
    unittest.main()
