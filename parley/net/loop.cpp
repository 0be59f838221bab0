// SPDX-License-Identifier: Apache-2.0
#include "parley/net/loop.hpp"

#include "parley/net/loop_core.hpp"

namespace parley::net {

Loop::Loop() : core_(std::make_unique<Core>()) {}
Loop::~Loop() = default;

void Loop::run() { core_->io.run(); }
void Loop::stop() { core_->io.stop(); }
void Loop::post(std::function<void()> job) { asio::post(core_->io, std::move(job)); }

}  // namespace parley::net
