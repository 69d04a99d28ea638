// rotate, move, remove: changes of a project that is there.

#include "app/project/commands.h"
#include "app/project/flow_run.h"
#include "app/project/vault_choice.h"
#include "core/base/text.h"
#include "core/flow/living_project.h"
#include "core/vault/client.h"

#include <algorithm>
#include <functional>

namespace tau::app {

namespace {

void add_change_options(CommandLine& line) {
    line.argument(QStringLiteral("PROJECT"), QStringLiteral("Name or id."));
    line.option(QStringLiteral("network"),
                QStringLiteral("The network's file. Without it, the one that the project was last "
                               "changed with."),
                QStringLiteral("FILE"));
    line.option(QStringLiteral("git-host"), QStringLiteral("One of the network's git hosts."),
                QStringLiteral("NAME"));
    line.option(QStringLiteral("dry-run"), QStringLiteral("Show the steps and do nothing."));
    line.hidden_option(QStringLiteral("crash-at"), QStringLiteral("POINT"));
}

/// The project and the world that a change of it needs.
struct Workplace {
    flow::LocalProject project;
    project::Export file;
    vault::Network network;
    std::string git_host;
    flow::World* world = nullptr;
};

Result<Workplace> open_place(const CommandLine& line, Session& session) {
    session.crash_at(line.text(QStringLiteral("crash-at")));
    auto project = find_project(session.data(), line.positional(0));
    auto file =
        project ? flow::load_export(*project) : Result<project::Export>(fail(project.error()));
    if (!file) {
        return fail(file.error());
    }
    Workplace place{std::move(*project), std::move(*file), {}, {}, nullptr};
    auto origin = flow::project_origin(session.data(), place.project.project_id);
    if (origin) {
        place.network = std::move(origin->network);
        place.git_host = std::move(origin->git_host);
    }
    if (line.has(QStringLiteral("network"))) {
        auto network = load_network(line, session.clock().now());
        if (!network) {
            return fail(network.error());
        }
        place.network = std::move(*network);
    } else if (!origin) {
        return fail(origin.error());
    }
    if (line.has(QStringLiteral("git-host"))) {
        place.git_host = line.text(QStringLiteral("git-host"));
    } else if (place.git_host.empty() && !place.network.git_hosts.empty()) {
        place.git_host = place.network.git_hosts.front().name;
    }
    auto world = session.world(place.network, place.git_host);
    if (!world) {
        return fail(world.error());
    }
    place.world = *world;
    return place;
}

/// Ids of the project's vaults that an option names, by name or id; all when it is not given.
Result<std::vector<std::string>> named_vaults(const CommandLine& line, const char* option,
                                              const project::Export& file) {
    std::vector<std::string> ids;
    const QString name = QString::fromUtf8(option);
    for (const project::Enrolment& enrolment : file.vaults) {
        if (!line.has(name)) {
            ids.push_back(enrolment.receipt.node_id);
        }
    }
    for (const QString& text : line.texts(name)) {
        const std::string wanted = text.toStdString();
        const auto found = std::find_if(
            file.vaults.begin(), file.vaults.end(), [&](const project::Enrolment& enrolment) {
                const auto node = vault::decode_record(enrolment.record, enrolment.receipt.time);
                return enrolment.receipt.node_id == wanted || (node && node->name == wanted);
            });
        if (found == file.vaults.end()) {
            return fail(ErrorCode::not_found,
                        "The project is not with a vault \"" + bounded_text(wanted, 80) + "\".",
                        "See where it is with: tau-project status");
        }
        ids.push_back(found->receipt.node_id);
    }
    return ids;
}

/// The present records of the vaults that the project is registered with anew.
Result<std::vector<project::VaultChoice>> same_vaults(Session& session, const Workplace& place,
                                                      const std::vector<std::string>& ids) {
    std::vector<project::VaultChoice> chosen;
    for (const project::Enrolment& enrolment : place.file.vaults) {
        if (std::find(ids.begin(), ids.end(), enrolment.receipt.node_id) == ids.end()) {
            continue;
        }
        auto node = vault::decode_record(enrolment.record, enrolment.receipt.time);
        auto record = node ? vault::Client(session.http(), session.entropy(), *node)
                                 .fetch_record(session.clock().now(), {})
                           : node;
        if (!record) {
            return fail(record.error());
        }
        chosen.push_back(project::choice_of(*record));
    }
    return chosen;
}

/// The vaults that --vault names.
Result<std::vector<project::VaultChoice>> other_vaults(const CommandLine& line, Session& session,
                                                       const Workplace& place) {
    auto pick = choose_vaults(line, session, place.network, {});
    return pick ? Result<std::vector<project::VaultChoice>>(std::move(pick->vaults))
                : fail(pick.error());
}

using Planned = Result<std::unique_ptr<flow::Flow>>;

/// Opens what a change needs, plans it, and runs it unless only its steps are asked for. `ask` may
/// end it before.
Exit change(const CommandLine& line,
            const std::function<Planned(Session& session, const Workplace& place)>& plan,
            const std::function<std::optional<Exit>(const Terminal& out, const Workplace& place,
                                                    const flow::Flow& flow)>& ask = {}) {
    Terminal out(line.json());
    Session session(line);
    const auto place = open_place(line, session);
    auto flow = place ? plan(session, *place) : Planned(fail(place.error()));
    if (!flow) {
        return failed_to_plan(out, flow.error());
    }
    if (line.has(QStringLiteral("dry-run"))) {
        show_plan(out, **flow);
        return Exit::done;
    }
    if (const auto end = ask ? ask(out, *place, **flow) : std::nullopt) {
        return *end;
    }
    return run_flow(out, line, session, **flow);
}

} // namespace

Exit rotate_command(const QStringList& arguments) {
    CommandLine line(arguments, QStringLiteral("rotate"),
                     QStringLiteral("Gives the project's vaults new deploy keys and webhook "
                                    "secrets. The old keys are taken off the repositories once a "
                                    "vault has logged in with the new ones."));
    add_change_options(line);
    line.option(
        QStringLiteral("vault"),
        QStringLiteral("Name or id of one of its vaults; may be repeated. Without it, all."),
        QStringLiteral("VAULT"));
    if (const auto exit = line.parse()) {
        return *exit;
    }
    return change(line, [&](Session&, const Workplace& place) {
        const auto vaults = named_vaults(line, "vault", place.file);
        return vaults ? flow::plan_rotate_keys(place.project, *vaults, place.network,
                                               place.git_host, *place.world, {})
                      : Planned(fail(vaults.error()));
    });
}

Exit move_command(const QStringList& arguments) {
    const QString command = QStringLiteral("move");
    CommandLine line(arguments, command,
                     QStringLiteral("Registers the project with other vaults, then ends its "
                                    "registration with those that it leaves. With --again the "
                                    "same vaults are registered with anew."));
    add_change_options(line);
    line.option(QStringLiteral("vault"),
                QStringLiteral("Name or id of a vault to go to; up to three times."),
                QStringLiteral("VAULT"));
    line.option(QStringLiteral("from"),
                QStringLiteral("Name or id of a vault to leave; may be repeated. Without it, all."),
                QStringLiteral("VAULT"));
    line.hidden_option(QStringLiteral("vaults"), QStringLiteral("N")); // of choose_vaults
    line.option(QStringLiteral("again"),
                QStringLiteral("Register anew with the vaults that --from names."));
    line.option(QStringLiteral("without-answer"),
                QStringLiteral("Leave a vault even when it does not answer."));
    if (const auto exit = line.parse()) {
        return *exit;
    }
    const bool again = line.has(QStringLiteral("again"));
    if (again == line.has(QStringLiteral("vault"))) {
        return usage_error(command, "Name the vaults to go to with --vault, or say --again.");
    }
    return change(line, [&](Session& session, const Workplace& place) -> Planned {
        const auto from = named_vaults(line, "from", place.file);
        if (!from) {
            return fail(from.error());
        }
        const auto to =
            again ? same_vaults(session, place, *from) : other_vaults(line, session, place);
        if (!to) {
            return fail(to.error());
        }
        return flow::plan_move_project(place.project, *from, *to,
                                       line.has(QStringLiteral("without-answer")), place.network,
                                       place.git_host, *place.world);
    });
}

Exit remove_command(const QStringList& arguments) {
    const QString command = QStringLiteral("remove");
    CommandLine line(arguments, command,
                     QStringLiteral("Ends the project's registrations, and takes its deploy keys "
                                    "and webhooks off the repositories. Repositories and clones "
                                    "stay unless you say otherwise."));
    add_change_options(line);
    line.option(QStringLiteral("repositories"),
                QStringLiteral("Delete both repositories with all that is in them."));
    line.option(QStringLiteral("files"),
                QStringLiteral("Remove the clones and project.yaml; refused while a clone has "
                               "work that is nowhere else."));
    line.option(QStringLiteral("discard-work"),
                QStringLiteral("With --files: discard what is not committed or not pushed."));
    line.option(QStringLiteral("without-answer"),
                QStringLiteral("Go on when a vault does not answer."));
    line.option(QStringLiteral("yes"), QStringLiteral("Do not ask."));
    if (const auto exit = line.parse()) {
        return *exit;
    }
    if (line.has(QStringLiteral("discard-work")) && !line.has(QStringLiteral("files"))) {
        return usage_error(command, "--discard-work goes with --files.");
    }
    const auto plan = [&](Session&, const Workplace& place) {
        return flow::plan_remove_project(
            place.project,
            {line.has(QStringLiteral("repositories")), line.has(QStringLiteral("files")),
             line.has(QStringLiteral("without-answer")), line.has(QStringLiteral("discard-work"))},
            place.network, place.git_host, *place.world);
    };
    const auto ask = [&](const Terminal& out, const Workplace& place,
                         const flow::Flow& flow) -> std::optional<Exit> {
        if (line.has(QStringLiteral("yes"))) {
            return std::nullopt;
        }
        for (const flow::StepView& step : flow.steps()) {
            out.line("  " + step.sentence);
        }
        if (confirmed("Remove " + place.project.name + "?")) {
            return std::nullopt;
        }
        return usage_error(command, "Nothing was removed. Say --yes to do it without a question.");
    };
    return change(line, plan, ask);
}

} // namespace tau::app
