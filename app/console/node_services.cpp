// What the window asks about vault nodes.
#include "app/adapters/workplace.h"
#include "app/console/console_services.h"
#include "core/base/file.h"

namespace tau::app {

namespace {

constexpr unsigned list_mode = 0644; // lists of nodes hold nothing secret
constexpr std::size_t most_sources = 8;

} // namespace

/// One for each network, as long as it is the same: it remembers what it loaded.
Result<std::shared_ptr<vault::NodeSource>>
ConsoleServices::source_of(const vault::Network& network) {
    const std::string key = vault::to_yaml(network);
    const std::lock_guard lock(sources_mutex_);
    if (const auto found = sources_.find(key); found != sources_.end()) {
        return found->second;
    }
    auto opened = vault::open_nodes(network, http_, clock_, directories_folder(data_));
    if (!opened) {
        return fail(opened.error());
    }
    if (sources_.size() >= most_sources) {
        sources_.clear();
    }
    std::shared_ptr<vault::NodeSource> source = std::move(*opened);
    sources_.emplace(key, source);
    return source;
}

Result<vault::NodeList> ConsoleServices::load_nodes(const vault::Network& network,
                                                    const std::optional<vault::Place>& place,
                                                    vault::Extent extent,
                                                    const vault::LoadProgress& progress,
                                                    std::stop_token stop) {
    const auto source = source_of(network);
    return source ? (*source)->load(place, extent, progress, std::move(stop))
                  : Result<vault::NodeList>(fail(source.error()));
}

Result<vault::ListedNode> ConsoleServices::node(const vault::Network& network,
                                                const vault::NodeTable& table, std::uint32_t row,
                                                std::stop_token stop) {
    const auto source = source_of(network);
    return source ? (*source)->node(table, row, std::move(stop))
                  : Result<vault::ListedNode>(fail(source.error()));
}

Result<vault::ListedNode> ConsoleServices::node_by_hand(const std::string& text,
                                                        std::stop_token stop) {
    return vault::node_by_hand(text, http_, clock_.now(), std::move(stop));
}

Result<std::chrono::milliseconds> ConsoleServices::round_trip(const vault::NodeRecord& record,
                                                              std::stop_token stop) {
    return vault::round_trip(record, http_, std::move(stop));
}

Result<void> ConsoleServices::write_file(const std::filesystem::path& file,
                                         const std::string& content) {
    return write_file_atomic(file, content, list_mode);
}

} // namespace tau::app
