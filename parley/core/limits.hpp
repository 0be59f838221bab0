// SPDX-License-Identifier: Apache-2.0
// Every limit on what comes from outside: name, default, unit. The settings fill one Limits.
#pragma once
#include <cstddef>
#include <cstdint>

namespace parley {

struct Limits {
  std::size_t body_bytes_max = 64u << 20;
  std::size_t bodies_bytes_max = 1u << 30; // of all requests that are being received or served
  std::size_t head_bytes_max = 64u << 10;
  std::size_t headers_max = 100;
  std::size_t depth_max = 200;             // nesting of lists and dicts in one document
  std::size_t values_max = 4'000'000;      // values (and keys) in one document
  std::size_t calls_max = 1000;            // calls in one exchange (batch, multicall)
  std::size_t connections_max = 10'000;
  std::size_t ids_max = 1'000'000;         // ids or records in one call
  std::size_t domain_terms_max = 10'000;
  std::size_t path_levels_max = 16;        // relations a condition follows: "a.b.c", any, names
  std::size_t expression_steps_max = 100'000;
  std::size_t gzip_bytes_min = 8192;       // of an answer before it is compressed; 0 = never
  std::int64_t idle_ms = 75'000;           // a kept-alive connection without a request
  std::int64_t head_ms = 10'000;           // from the first byte of a head to its last
  std::int64_t body_ms = 60'000;           // from the head to the last byte of the body
  std::int64_t call_ms = 60'000;
  std::int64_t lease_ms = 30'000;          // one transaction holding the write lease
  std::int64_t drain_ms = 30'000;          // running calls after SIGTERM
};

}  // namespace parley
