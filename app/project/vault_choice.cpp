#include "app/project/vault_choice.h"

#include "app/project/place.h"
#include "core/base/text.h"
#include "core/vault/ranking/ranking.h"

#include <charconv>

namespace tau::app {

namespace {

/// The node that a --vault names, by name or id.
Result<project::VaultChoice> find_vault(const vault::Network& network, const std::string& wanted) {
    std::vector<project::VaultChoice> found;
    for (const vault::ListedNode& node : network.nodes) {
        if (node.record.node_id() == wanted || node.record.name == wanted) {
            found.push_back(project::choice_of(node.record));
        }
    }
    if (found.size() != 1) {
        return fail(ErrorCode::not_found,
                    found.empty()
                        ? "The network has no vault \"" + bounded_text(wanted, 80) + "\"."
                        : "Several vaults are named \"" + bounded_text(wanted, 80) + "\".",
                    "See their names and ids with: tau-project vaults");
    }
    return std::move(found.front());
}

/// The best `count` vaults to use together.
Result<std::vector<project::VaultChoice>> best_vaults(const CommandLine& line,
                                                      const vault::Network& network,
                                                      std::size_t count, std::int64_t now) {
    auto place = place_of(line);
    if (!place) {
        return fail(place.error());
    }
    vault::Ranking ranking(vault::table_of(network.nodes, now));
    ranking.set_place(*place);
    std::vector<project::VaultChoice> found;
    for (const std::uint32_t row : ranking.suggest(count)) {
        found.push_back(project::choice_of(network.nodes[row].record));
    }
    if (found.size() < count) {
        return fail(ErrorCode::not_found,
                    "The network has " + (found.empty()
                                              ? std::string("no vault that can be recommended.")
                                              : "not as many vaults that can be recommended, but " +
                                                    std::to_string(found.size()) + "."),
                    "Look at them with: tau-project vaults");
    }
    return found;
}

} // namespace

Result<std::vector<project::VaultChoice>>
choose_vaults(const CommandLine& line, const vault::Network& network, std::int64_t now) {
    std::vector<project::VaultChoice> chosen;
    for (const QString& wanted : line.texts(QStringLiteral("vault"))) {
        auto found = find_vault(network, wanted.toStdString());
        if (!found) {
            return fail(found.error());
        }
        chosen.push_back(std::move(*found));
    }
    if (!chosen.empty() && line.has(QStringLiteral("vaults"))) {
        return fail(ErrorCode::invalid_argument, "Name either --vault or --vaults, not both.");
    }
    if (!chosen.empty()) {
        return chosen;
    }
    const std::string text = line.text(QStringLiteral("vaults"));
    std::size_t count = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || count < 1 ||
        count > project::max_vaults) {
        return fail(ErrorCode::invalid_argument, "--vaults takes a number from 1 to 3.");
    }
    return best_vaults(line, network, count, now);
}

} // namespace tau::app
