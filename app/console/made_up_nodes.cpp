#include "app/console/made_up_nodes.h"

#include "core/vault/directory/sample_table.h"

namespace tau::app {

Result<vault::NodeList> MadeUpNodes::load_nodes(const vault::Network&,
                                                const std::optional<vault::Place>&, vault::Extent,
                                                const vault::LoadProgress&, std::stop_token) {
    constexpr std::int64_t age = 120;
    vault::NodeList list;
    list.table = vault::sample_table(count_);
    list.total = count_;
    list.published = SystemClock().now() - age;
    return list;
}

Result<vault::ListedNode> MadeUpNodes::node(const vault::Network&, const vault::NodeTable&,
                                            std::uint32_t, std::stop_token) {
    return fail(ErrorCode::not_found, "This node is made up: it has no record.");
}

} // namespace tau::app
