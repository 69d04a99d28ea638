// What the window asks about vault nodes.
#include "app/console/console_services.h"
#include "core/base/file.h"

namespace tau::app {

namespace {

constexpr unsigned list_mode = 0644; // lists of nodes hold nothing secret

Error no_source() {
    return {ErrorCode::unavailable,
            "This version reads nodes from a network's file only.",
            "Open the network's file.",
            {}};
}

} // namespace

Result<vault::NodeList> ConsoleServices::load_nodes(const vault::Network&,
                                                    const std::optional<vault::Place>&,
                                                    vault::Extent, const vault::LoadProgress&,
                                                    std::stop_token) {
    return fail(no_source());
}

Result<vault::ListedNode> ConsoleServices::node(const vault::Network&, const vault::NodeTable&,
                                                std::uint32_t, std::stop_token) {
    return fail(no_source());
}

Result<vault::ListedNode> ConsoleServices::node_by_hand(const std::string&, std::stop_token) {
    return fail(no_source());
}

Result<std::chrono::milliseconds> ConsoleServices::round_trip(const vault::NodeRecord&,
                                                              std::stop_token) {
    return fail(no_source());
}

Result<void> ConsoleServices::write_file(const std::filesystem::path& file,
                                         const std::string& content) {
    return write_file_atomic(file, content, list_mode);
}

} // namespace tau::app
