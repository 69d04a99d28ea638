#include "app/project/commands.h"
#include "app/project/session.h"
#include "core/base/text.h"
#include "core/vault/client.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tau::app {

namespace {

using Rows = std::vector<vault::Deployment>;

tl::unexpected<Error> wrong(const std::string& sentence) {
    return fail(ErrorCode::invalid_argument, sentence,
                "Write it like region:eu-west=code:main, *=configuration:main or "
                "node:<id>=code:<commit>.");
}

/// "region:eu-west=code" -> {"region:eu-west", "code"}; the second may be missing.
Result<std::pair<std::string, std::string>> split_place(const std::string& text) {
    const std::size_t equals = text.find('=');
    std::string where = text.substr(0, equals);
    if (!vault::is_part_of_network(where)) {
        return wrong("\"" + bounded_text(where, 80) + "\" is no part of the network.");
    }
    return std::pair{std::move(where), equals == std::string::npos ? "" : text.substr(equals + 1)};
}

/// WHERE=REPOSITORY:BRANCH, or a whole commit id in the branch's place.
Result<vault::Deployment> read_row(const std::string& text) {
    auto place = split_place(text);
    if (!place) {
        return fail(place.error());
    }
    const std::size_t colon = place->second.find(':');
    const auto role = vault::role_from_string(place->second.substr(0, colon));
    const std::string what = colon == std::string::npos ? "" : place->second.substr(colon + 1);
    if (!role || what.empty()) {
        return wrong("\"" + bounded_text(text, 80) +
                     "\" does not name configuration or code, and "
                     "a branch or commit.");
    }
    vault::Deployment row{std::move(place->first), *role, "", ""};
    if (vault::is_commit_id(what)) {
        row.commit = what;
    } else if (is_branch_name(what)) {
        row.branch = what;
    } else {
        return wrong("\"" + bounded_text(what, 80) +
                     "\" is neither a branch nor a whole commit id.");
    }
    return row;
}

void put(Rows& rows, vault::Deployment row) {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const vault::Deployment& one) {
        return one.where == row.where && one.repository == row.repository;
    });
    if (found == rows.end()) {
        rows.push_back(std::move(row));
    } else {
        *found = std::move(row);
    }
}

/// Applies --remove, then --set; `not_found` when there is nothing to remove.
Result<void> edit(const CommandLine& line, Rows& rows) {
    for (const QString& text : line.texts(QStringLiteral("remove"))) {
        const auto place = split_place(text.toStdString());
        if (!place) {
            return fail(place.error());
        }
        const auto gone = std::erase_if(rows, [&](const vault::Deployment& one) {
            return one.where == place->first &&
                   (place->second.empty() || place->second == vault::to_string(one.repository));
        });
        if (gone == 0) {
            return fail(ErrorCode::not_found,
                        "No row is about " + bounded_text(text.toStdString(), 80) + ".");
        }
    }
    for (const QString& text : line.texts(QStringLiteral("set"))) {
        auto row = read_row(text.toStdString());
        if (!row) {
            return fail(row.error());
        }
        put(rows, std::move(*row));
    }
    return {};
}

/// One of the project's vaults, and what it has.
struct Keeper {
    vault::NodeRecord node;
    std::string registration_id;
};

Result<std::vector<Keeper>> keepers(const project::Export& file) {
    std::vector<Keeper> found;
    for (const project::Enrolment& enrolment : file.vaults) {
        auto node = vault::decode_record(enrolment.record, enrolment.receipt.time);
        if (!node) {
            return fail(node.error());
        }
        found.push_back({std::move(*node), enrolment.receipt.registration_id});
    }
    return found;
}

void tell_rows(const Terminal& out, const Keeper& keeper,
               const std::vector<vault::ResolvedDeployment>& rows) {
    nlohmann::json list = nlohmann::json::array();
    out.line(keeper.node.name + ":");
    for (const auto& [row, commit] : rows) {
        const std::string repository(vault::to_string(row.repository));
        list.push_back({{"where", row.where},
                        {"repository", repository},
                        {"branch", row.branch},
                        {"commit", row.commit},
                        {"resolved", commit}});
        out.line("  " + row.where + "  " + repository + "  " +
                 (row.branch.empty() ? "fixed" : row.branch) + "  " +
                 (commit.empty() ? "not seen yet" : commit));
    }
    if (rows.empty()) {
        out.line("  nothing runs anywhere");
    }
    out.event({{"event", "deployments"},
               {"vault", {{"id", keeper.node.node_id()}, {"name", keeper.node.name}}},
               {"deployments", std::move(list)}});
}

Result<vault::RegistrationStatus> status_of(Session& session, const Keeper& keeper,
                                            const keys::OwnerKey& owner) {
    return vault::Client(session.http(), session.entropy(), keeper.node)
        .status(keeper.registration_id, owner, session.clock().now(), {});
}

/// Sends the edited rows, and asks the vault again what it has now.
Result<void> send(const Terminal& out, Session& session, const Keeper& keeper,
                  const keys::OwnerKey& owner, const Rows& rows) {
    const auto answer =
        vault::Client(session.http(), session.entropy(), keeper.node)
            .set_deployments(keeper.registration_id, rows, owner, session.clock().now(), {});
    if (!answer) {
        return fail(answer.error());
    }
    const auto status = status_of(session, keeper, owner);
    if (!status) {
        return fail(status.error());
    }
    if (vault::to_json(status->deployments) != vault::to_json(rows)) {
        return fail(ErrorCode::conflict,
                    "The vault " + keeper.node.name + " has other deployments by now.",
                    "Somebody else may be changing them; look again.");
    }
    tell_rows(out, keeper, answer->deployments);
    return {};
}

/// What one part of the network runs, by this vault.
Result<void> tell_part(const Terminal& out, Session& session, const Keeper& keeper,
                       const std::string& project_id, const std::string& text) {
    const auto version = vault::Client(session.http(), session.entropy(), keeper.node)
                             .version(project_id, vault::part_of(text), {});
    if (!version) {
        return fail(version.error());
    }
    auto event = nlohmann::json::parse(vault::to_json(*version));
    event["event"] = "version";
    event["vault"] = {{"id", keeper.node.node_id()}, {"name", keeper.node.name}};
    out.event(event);
    out.line(keeper.node.name + ":");
    for (const vault::RunningCommit& one : version->repositories) {
        out.line("  " + std::string(vault::to_string(one.repository)) + "  " +
                 (one.commit.empty() ? "nothing" : one.commit) + "  " + bounded_text(one.sentence));
    }
    return {};
}

void add_deployment_options(CommandLine& line) {
    line.argument(QStringLiteral("PROJECT"), QStringLiteral("Name or id."));
    line.option(QStringLiteral("set"),
                QStringLiteral("A row: * or region:<name> or node:<id>, then =, then "
                               "configuration or code, then :, then a branch or a commit. May "
                               "be repeated."),
                QStringLiteral("WHERE=REPO:REF"));
    line.option(QStringLiteral("remove"),
                QStringLiteral("Drop the rows of a part of the network; with =configuration or "
                               "=code, that one."),
                QStringLiteral("WHERE"));
    line.option(QStringLiteral("for"),
                QStringLiteral("Ask what one part of the network must run, and why."),
                QStringLiteral("WHERE"));
}

/// For each vault; one that fails says nothing about the others.
template <typename Work>
Exit for_each(const Terminal& out, const std::vector<Keeper>& vaults, const Work& work) {
    Exit exit = Exit::done;
    for (const Keeper& keeper : vaults) {
        if (const Result<void> done = work(keeper); !done) {
            out.error(done.error());
            exit = Exit::failed;
        }
    }
    return exit;
}

Exit set_or_show(const CommandLine& line, const Terminal& out, Session& session,
                 const std::vector<Keeper>& vaults) {
    const auto owner = session.owner_key();
    if (!owner) {
        out.error(owner.error());
        return Exit::failed;
    }
    const bool changes = line.has(QStringLiteral("set")) || line.has(QStringLiteral("remove"));
    return for_each(out, vaults, [&](const Keeper& keeper) -> Result<void> {
        const auto status = status_of(session, keeper, *owner);
        if (!status) {
            return fail(status.error());
        }
        Rows rows = status->deployments;
        if (changes) {
            return edit(line, rows).and_then([&] {
                return send(out, session, keeper, *owner, rows);
            });
        }
        std::vector<vault::ResolvedDeployment> resolved;
        for (const vault::Deployment& row : rows) {
            resolved.push_back({row, vault::resolve(row, status->refs)});
        }
        tell_rows(out, keeper, resolved);
        return {};
    });
}

} // namespace

Exit deployments_command(const QStringList& arguments) {
    const QString command = QStringLiteral("deployments");
    CommandLine line(arguments, command,
                     QStringLiteral("Shows which branch or commit each part of the network runs, "
                                    "and what the vaults have resolved it to. With --set or "
                                    "--remove it tells the vaults something else."));
    add_deployment_options(line);
    if (const auto exit = line.parse()) {
        return *exit;
    }
    const std::string part = line.text(QStringLiteral("for"));
    if (line.has(QStringLiteral("for")) && !vault::is_part_of_network(part)) {
        return usage_error(command, "--for takes *, region:<name> or node:<id>.");
    }
    Rows none;
    if (const auto fits = edit(line, none);
        !fits && fits.error().code == ErrorCode::invalid_argument) {
        return usage_error(command, fits.error().message + " " + fits.error().hint);
    }
    const Terminal out(line.json());
    Session session(line);
    const auto project = find_project(session.data(), line.positional(0));
    const auto file =
        project ? flow::load_export(*project) : Result<project::Export>(fail(project.error()));
    const auto vaults = file ? keepers(*file) : Result<std::vector<Keeper>>(fail(file.error()));
    if (!vaults) {
        out.error(vaults.error());
        return Exit::failed;
    }
    if (line.has(QStringLiteral("for"))) {
        return for_each(out, *vaults, [&](const Keeper& keeper) {
            return tell_part(out, session, keeper, project->project_id, part);
        });
    }
    return set_or_show(line, out, session, *vaults);
}

} // namespace tau::app
