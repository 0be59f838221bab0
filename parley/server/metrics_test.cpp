// SPDX-License-Identifier: Apache-2.0
#include "parley/server/metrics.hpp"

#include <doctest/doctest.h>

#include <thread>

namespace parley::server {
namespace {

std::string told(const Metrics& metrics, std::span<const Gauge> gauges = {}) {
  StringOutput out;
  metrics.tell(gauges, out);
  return out.take();
}

bool has_line(const std::string& text, std::string_view line) {
  return text.find("\n" + std::string(line) + "\n") != std::string::npos;
}

TEST_CASE("metrics: calls are counted by protocol, model and method, in buckets that add up") {
  Metrics metrics;
  metrics.add({"jsonrpc", "res.partner", "search_read", 300});
  metrics.add({"jsonrpc", "res.partner", "search_read", 100, 3});
  metrics.add({"jsonrpc", "res.partner", "search_read", 99'000'000, 1, Code::timeout});
  metrics.add({"xmlrpc", "", "common.version", 5});
  std::string text = told(metrics);
  const std::string labels = R"({protocol="jsonrpc",model="res.partner",method="search_read")";
  CHECK(has_line(text, "parley_call_seconds_bucket" + labels + R"(,le="0.0001"} 1)"));
  CHECK(has_line(text, "parley_call_seconds_bucket" + labels + R"(,le="0.0005"} 2)"));
  CHECK(has_line(text, "parley_call_seconds_bucket" + labels + R"(,le="10"} 2)"));
  CHECK(has_line(text, "parley_call_seconds_bucket" + labels + R"(,le="+Inf"} 3)"));
  CHECK(has_line(text, "parley_call_seconds_count" + labels + "} 3"));
  CHECK(has_line(text, "parley_call_seconds_sum" + labels + "} 99.0004"));
  CHECK(has_line(text, "parley_call_retries_total" + labels + "} 2"));
  CHECK(has_line(text, R"(parley_call_seconds_count{protocol="xmlrpc",model="",method="common.version"} 1)"));
  CHECK(has_line(text, R"(parley_call_failures_total{code="timeout"} 1)"));
  CHECK(metrics.calls == 4);
  CHECK(metrics.errors == 1);
}

TEST_CASE("metrics: what other parts count is told with help and type, once a name") {
  Metrics metrics;
  const Gauge gauges[] = {{"parley_a", "A.", "database=\"x\"", 1}, {"parley_a", "A.", "database=\"y\"", 2}, {"parley_b_total", "B.", "", 3, true}};
  std::string text = told(metrics, gauges);
  CHECK(text.ends_with("# HELP parley_a A.\n# TYPE parley_a gauge\nparley_a{database=\"x\"} 1\nparley_a{database=\"y\"} 2\n"
                       "# HELP parley_b_total B.\n# TYPE parley_b_total counter\nparley_b_total 3\n"));
}

TEST_CASE("metrics: beyond the limit of series, methods share one") {
  Metrics metrics;
  for (std::size_t i = 0; i < Metrics::series_max + 500; ++i)
    metrics.add({"rest", "", "method" + std::to_string(i), 1});
  std::string text = told(metrics);
  CHECK(has_line(text, R"(parley_call_seconds_count{protocol="rest",model="",method="other"} 500)"));
}

TEST_CASE("metrics: threads count without losing any") {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&metrics] {
      for (int n = 0; n < 1000; ++n) metrics.add({"path", "", "echo", n});
    });
  for (auto& thread : threads) thread.join();
  CHECK(has_line(told(metrics), R"(parley_call_seconds_count{protocol="path",model="",method="echo"} 8000)"));
}

}  // namespace
}  // namespace parley::server
