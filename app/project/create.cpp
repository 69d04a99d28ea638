#include "app/project/commands.h"
#include "app/project/flow_run.h"
#include "app/project/session.h"
#include "app/project/vault_choice.h"

#include <algorithm>
#include <future>
#include <nlohmann/json.hpp>

namespace tau::app {

namespace {

/// Told before anything is made: an old list of vaults, and vaults that may fail together.
void tell_notes(const Terminal& out, const project::Draft& draft, const std::string& notice,
                std::int64_t now) {
    std::vector<project::Issue> notes = project::notes(draft, now);
    if (!notice.empty()) {
        notes.insert(notes.begin(), {project::Field::vault, notice});
    }
    for (const project::Issue& note : notes) {
        out.event({{"event", "note"},
                   {"field", std::string(project::to_string(note.field))},
                   {"sentence", note.sentence}});
        out.line("Note: " + note.sentence);
    }
}

/// The draft as the options describe it; git host, owner and vault may still be missing.
project::Draft read_draft(const CommandLine& line, const vault::Network& network) {
    project::Draft draft;
    draft.name = line.text(QStringLiteral("name"));
    draft.description = line.text(QStringLiteral("description"));
    draft.email = line.text(QStringLiteral("email"));
    draft.is_private = !line.has(QStringLiteral("public"));
    draft.git_host = line.text(QStringLiteral("git-host"));
    if (draft.git_host.empty() && !network.git_hosts.empty()) {
        draft.git_host = network.git_hosts.front().name;
    }
    draft.owner = line.text(QStringLiteral("owner"));
    const auto names = project::default_repository_names(draft.name);
    const auto choose = [&](const QString& option, const std::string& name) {
        project::RepositoryChoice choice;
        choice.name = line.has(option) ? line.text(option) : name;
        choice.use_existing = line.has(QStringLiteral("use-existing"));
        return choice;
    };
    draft.configuration = choose(QStringLiteral("repository"), names[0]);
    draft.code = choose(QStringLiteral("code-repository"), names[1]);
    draft.branch = line.text(QStringLiteral("branch"));
    return draft;
}

/// Fills in what the options left open; `notice`: what is to be known of the list of vaults.
Result<std::unique_ptr<flow::Flow>> plan(const CommandLine& line, Session& session,
                                         project::Draft& draft, const vault::Network& network,
                                         std::string& notice) {
    // A directory answers while the passphrase is stretched.
    std::stop_source ending;
    auto choosing = std::async(std::launch::async, [&, stop = ending.get_token()] {
        return choose_vaults(line, session, network, stop);
    });
    auto world = session.world(network, draft.git_host);
    if (!world) {
        ending.request_stop();
        return fail(world.error());
    }
    if (draft.owner.empty()) {
        auto account = (*world)->forge.who_am_i({});
        if (!account) {
            ending.request_stop();
            return fail(account.error());
        }
        draft.owner = account->login;
    }
    auto pick = choosing.get();
    if (!pick) {
        return fail(pick.error());
    }
    draft.vaults = std::move(pick->vaults);
    notice = std::move(pick->notice);
    return flow::plan_create_project(draft, network, **world);
}

void add_create_options(CommandLine& line) {
    line.option(QStringLiteral("name"), QStringLiteral("The project's name (needed)."),
                QStringLiteral("NAME"));
    line.option(QStringLiteral("network"),
                QStringLiteral("The network's file. Without it, that of tau-localnet."),
                QStringLiteral("FILE"));
    line.option(QStringLiteral("description"), QStringLiteral("What it is for."),
                QStringLiteral("TEXT"));
    line.option(QStringLiteral("email"), QStringLiteral("Where the cloud sends notifications."),
                QStringLiteral("ADDRESS"));
    line.option(QStringLiteral("public"), QStringLiteral("Make public repositories."));
    line.option(QStringLiteral("git-host"), QStringLiteral("One of the network's git hosts."),
                QStringLiteral("NAME"));
    line.option(QStringLiteral("owner"), QStringLiteral("Account or organisation there."),
                QStringLiteral("NAME"));
    line.option(QStringLiteral("repository"), QStringLiteral("Instead of tb_<name>."),
                QStringLiteral("NAME"));
    line.option(QStringLiteral("code-repository"), QStringLiteral("Instead of tb_code_<name>."),
                QStringLiteral("NAME"));
    line.option(QStringLiteral("use-existing"),
                QStringLiteral("Take existing empty repositories, make none."));
    line.option(QStringLiteral("branch"), QStringLiteral("The default branch (main)."),
                QStringLiteral("NAME"), QStringLiteral("main"));
    line.option(
        QStringLiteral("vault"),
        QStringLiteral("Name, id or key of a vault; up to three times. Without it, the best."),
        QStringLiteral("VAULT"));
    line.option(QStringLiteral("vaults"),
                QStringLiteral("Take the best <N> of different regions (1, at most 3)."),
                QStringLiteral("N"), QStringLiteral("1"));
    line.option(QStringLiteral("near"), QStringLiteral("Prefer vaults near <LAT,LON> (degrees)."),
                QStringLiteral("LAT,LON"));
    line.option(QStringLiteral("dry-run"), QStringLiteral("Show the steps and do nothing."));
    line.hidden_option(QStringLiteral("crash-at"), QStringLiteral("POINT"));
}

} // namespace

Exit create_command(const QStringList& arguments) {
    const QString command = QStringLiteral("create");
    CommandLine line(arguments, command,
                     QStringLiteral("Makes a project: two repositories with their first commit, "
                                    "deploy keys and webhooks, sealed to one or more vaults and "
                                    "registered with them."));
    add_create_options(line);
    if (const auto exit = line.parse()) {
        return *exit;
    }
    Terminal out(line.json());
    Session session(line);
    session.crash_at(line.text(QStringLiteral("crash-at")));
    const auto network = load_network(line, session.clock().now());
    if (!network) {
        out.error(network.error());
        return Exit::failed;
    }
    project::Draft draft = read_draft(line, *network);
    for (const project::Issue& issue : project::validate(draft)) {
        // Owner and vault are found out below when they are not given.
        if ((issue.field != project::Field::owner || !draft.owner.empty()) &&
            issue.field != project::Field::vault) {
            return usage_error(command, issue.sentence);
        }
    }
    std::string notice;
    auto flow = plan(line, session, draft, *network, notice);
    if (!flow) {
        return failed_to_plan(out, flow.error());
    }
    tell_notes(out, draft, notice, session.clock().now());
    if (line.has(QStringLiteral("dry-run"))) {
        show_plan(out, **flow);
        return Exit::done;
    }
    return run_flow(out, line, session, **flow);
}

} // namespace tau::app
