# SPDX-License-Identifier: Apache-2.0
"""Writes utf8_fold_table.cpp from Python's Unicode data:
python3 parley/core/utf8_fold_table.py > parley/core/utf8_fold_table.cpp"""
import unicodedata


def simple_fold(c):
    text = chr(c)
    folded = text.casefold()
    if len(folded) == 1:
        return ord(folded)
    # A full folding to several characters: the simple one, where there is one, is the lower case.
    lower = text.lower()
    return ord(lower) if len(lower) == 1 else c


folds = [(c, simple_fold(c)) for c in range(0x80, 0x110000) if not 0xD800 <= c < 0xE000]
folds = [(c, to) for c, to in folds if to != c]

ranges = []  # [first, last, step, delta]
for c, to in folds:
    if ranges:
        last = ranges[-1]
        gap = c - last[1]
        if to - c == last[3] and gap in (1, 2) and last[2] in (0, gap):
            last[1], last[2] = c, gap
            continue
    ranges.append([c, c, 0, to - c])

print('// SPDX-License-Identifier: Apache-2.0')
print(f'// Simple case folding beyond ASCII, Unicode {unicodedata.unidata_version}. Generated; the command is:')
print('// python3 parley/core/utf8_fold_table.py > parley/core/utf8_fold_table.cpp')
print('#include "parley/core/utf8_fold_table.hpp"\n')
print('namespace parley {\nnamespace {\n')
print('constexpr FoldRange ranges[] = {')
for first, last, step, delta in ranges:
    print(f'    {{0x{first:X}, 0x{last:X}, {max(step, 1)}, {delta}}},')
print('};\n\n}  // namespace\n')
print('std::span<const FoldRange> fold_ranges() { return ranges; }\n')
print('}  // namespace parley')
