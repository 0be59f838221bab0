// SPDX-License-Identifier: Apache-2.0
// JSON in: RFC 8259, strict. simdjson checks UTF-8 and finds where every token starts; the
// grammar, the numbers, the depth and the end of the document are checked here.
#pragma once
#include <memory>
#include <string_view>

#include "parley/core/arena.hpp"
#include "parley/core/error.hpp"
#include "parley/core/limits.hpp"
#include "parley/core/sink.hpp"

namespace parley::json {

enum class NanLiterals { refused, accepted };

struct ReadOptions {
  /// NaN, Infinity and -Infinity as values, as Python's json reads them.
  NanLiterals nan_literals = NanLiterals::refused;
};

/// Reads documents one after another, keeping its index memory between them.
///
/// A whole number is told as integer, beyond 64 bit as bigint; any other number as number, the
/// token as written. A key given twice is told twice. No recursion.
/// Thread rule: one thread at a time; a read never waits, so the tasks of one thread may share one.
/// memory:  4 bytes for each byte of the document while reading; at most 1 MiB is kept
/// fails:   malformed; too_large beyond Limits::depth_max
/// source:  RFC 8259; a byte order mark and lone surrogates are refused
class Reader {
 public:
  Reader();
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Tells the one document in `bytes` to `sink`. Texts without escapes are views into `bytes`,
  /// all others views into memory valid until the next read. On failure the sink has been told
  /// a part of it.
  Result<void> read(std::string_view bytes, const Limits& limits, Sink& sink,
                    ReadOptions options = {});

  /// The document as a tree in `arena`; its texts view `bytes`, which must outlive the tree.
  Result<Value> read_tree(std::string_view bytes, const Limits& limits, Arena& arena,
                          ReadOptions options = {});

 private:
  struct Index;
  std::unique_ptr<Index> index_;
  Arena texts_;  // texts with escapes, of the document being read
};

/// The same with the Reader that this thread keeps.
Result<Value> read_tree(std::string_view bytes, const Limits& limits, Arena& arena,
                        ReadOptions options = {});

/// Whether `text` is exactly one number by the grammar of RFC 8259 section 6.
bool is_number(std::string_view text);

}  // namespace parley::json
