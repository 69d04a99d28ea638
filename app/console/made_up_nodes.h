#pragma once

#include "app/console/console_services.h"

namespace tau::app {

/// The real services, but for nodes that nobody runs: how a network of a million would look. For
/// pictures; nothing can be sealed to any of them.
class MadeUpNodes final : public ConsoleServices {
public:
    MadeUpNodes(std::filesystem::path data, std::optional<Secret> passphrase, std::size_t count)
        : ConsoleServices(std::move(data), std::move(passphrase)), count_(count) {}

    Result<vault::NodeList> load_nodes(const vault::Network& network,
                                       const std::optional<vault::Place>& place,
                                       vault::Extent extent, const vault::LoadProgress& progress,
                                       std::stop_token stop) override;
    Result<vault::ListedNode> node(const vault::Network& network, const vault::NodeTable& table,
                                   std::uint32_t row, std::stop_token stop) override;

private:
    const std::size_t count_;
};

} // namespace tau::app
