#include "app/project/commands.h"
#include "app/project/session.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/vault/client.h"

#include <nlohmann/json.hpp>

namespace tau::app {

namespace {

constexpr std::size_t max_bundle_file = 2U << 20U;

std::string or_never(std::int64_t time) {
    return time == 0 ? "never" : to_iso8601(time);
}

void show_status(const Terminal& out, const vault::RegistrationStatus& status) {
    for (const vault::Check& check : status.checks) {
        const std::string about =
            check.name + (check.target.empty() ? "" : " (" + check.target + ")");
        out.finding(check.outcome != vault::Outcome::failed,
                    about + ": " + std::string(vault::to_string(check.outcome)) + ". " +
                        bounded_text(check.sentence));
    }
    out.line("Webhook last seen: configuration " + or_never(status.webhook_seen[0]) + ", code " +
             or_never(status.webhook_seen[1]));
    for (const vault::RefState& ref : status.refs) {
        out.line(
            std::string(vault::to_string(ref.repository)) + "  " + bounded_text(ref.ref) + "  " +
            bounded_text(ref.commit) + "  seen " + to_iso8601(ref.observed_at) +
            (ref.forced_at == 0 ? "" : "  moved to another history " + to_iso8601(ref.forced_at)));
    }
    if (status.refs_left_out > 0) {
        out.line("and " + std::to_string(status.refs_left_out) +
                 " more branches and tags, which the vault does not list");
    }
    for (const vault::Deployment& row : status.deployments) {
        const std::string commit = vault::resolve(row, status.refs);
        out.line(row.where + " runs " + std::string(vault::to_string(row.repository)) + " " +
                 (row.commit.empty() ? row.branch + ", " : "fixed to ") +
                 (commit.empty() ? "not seen yet" : commit));
    }
}

/// Asks one of the project's vaults and tells what it said.
Result<void> tell_status(const Terminal& out, Session& session, const std::string& name,
                         const project::Enrolment& enrolment, const keys::OwnerKey& owner) {
    // As it signed itself then: a record lives for days, a project for years.
    auto node = vault::decode_record(enrolment.record, enrolment.receipt.time);
    if (!node) {
        return fail(node.error());
    }
    const auto status =
        vault::Client(session.http(), session.entropy(), *node)
            .status(enrolment.receipt.registration_id, owner, session.clock().now(), {});
    if (!status) {
        return fail(status.error());
    }
    auto object = nlohmann::json::parse(vault::to_json(*status));
    object["event"] = "status";
    object["vault"] = {{"id", node->node_id()}, {"name", node->name}};
    out.event(object);
    out.line(name + " is " + bounded_text(status->state) + " with " + node->name +
             " (registration " + status->registration_id + ", keys version " +
             std::to_string(status->sealed_version) + ")");
    show_status(out, *status);
    return {};
}

} // namespace

Exit list_command(const QStringList& arguments) {
    CommandLine line(arguments, QStringLiteral("list"),
                     QStringLiteral("Shows the projects of this computer, and the creations that "
                                    "were begun and not ended."),
                     {CommandLine::Output::events, CommandLine::Needs::data});
    if (const auto exit = line.parse()) {
        return *exit;
    }
    const Terminal out(line.json());
    const auto projects = flow::list_projects(line.data());
    const auto begun = flow::list_unfinished(line.data());
    if (!projects || !begun) {
        return failed(out, projects ? begun.error() : projects.error());
    }
    if (projects->empty() && begun->empty()) {
        out.line("There is no project here yet. Make one: tau-project create --name shop");
    }
    for (const flow::LocalProject& project : *projects) {
        out.event({{"event", "project"},
                   {"id", project.project_id},
                   {"name", project.name},
                   {"created_at", project.created_at},
                   {"file", project.export_file.string()}});
        out.line(project.name + "  " + project.project_id + "  " + to_iso8601(project.created_at) +
                 (project.configuration.empty() ? "  imported" : ""));
    }
    for (const flow::Unfinished& flow : *begun) {
        out.event({{"event", "unfinished"},
                   {"id", flow.id},
                   {"title", flow.title},
                   {"steps_done", flow.steps_done},
                   {"steps_total", flow.steps_total},
                   {"last_error", flow.last_error}});
        out.line(flow.id + "  unfinished, " + std::to_string(flow.steps_done) + " of " +
                 std::to_string(flow.steps_total) + " steps" +
                 (flow.last_error.empty() ? "" : ": " + flow.last_error));
    }
    return Exit::done;
}

Exit status_command(const QStringList& arguments) {
    CommandLine line(
        arguments, QStringLiteral("status"),
        QStringLiteral("Asks its vaults for a project's checks, webhooks and commits."));
    line.argument(QStringLiteral("PROJECT"), QStringLiteral("Name or id."));
    if (const auto exit = line.parse()) {
        return *exit;
    }
    const Terminal out(line.json());
    Session session(line);
    const auto project = find_project(line.data(), line.positional(0));
    if (!project) {
        return failed(out, project.error());
    }
    const auto file = flow::load_export(*project);
    if (!file) {
        return failed(out, file.error());
    }
    const auto owner = session.owner_key();
    if (!owner) {
        return failed(out, owner.error());
    }
    Exit exit = Exit::done;
    for (const project::Enrolment& enrolment : file->vaults) {
        // One that is down says nothing about the others.
        if (const auto told = tell_status(out, session, project->name, enrolment, *owner); !told) {
            exit = failed(out, told.error());
        }
    }
    return exit;
}

Exit verify_command(const QStringList& arguments) {
    CommandLine line(arguments, QStringLiteral("verify"),
                     QStringLiteral("Checks every signature, proof and receipt of a project "
                                    "file. Needs no network and no secret."),
                     CommandLine::Uses{});
    line.argument(QStringLiteral("FILE"), QStringLiteral("A project.yaml, or - for the input."));
    if (const auto exit = line.parse()) {
        return *exit;
    }
    const Terminal out(line.json());
    const std::string name = line.positional(0);
    const auto yaml = read_file(name == "-" ? "/dev/stdin" : name, max_bundle_file);
    if (!yaml) {
        return failed(out, yaml.error());
    }
    const auto file = project::parse_export(*yaml);
    if (!file) {
        return failed(out, file.error());
    }
    const auto findings = project::verify(*file);
    for (const project::Finding& finding : findings) {
        out.event({{"event", "finding"},
                   {"subject", finding.subject},
                   {"ok", finding.ok},
                   {"sentence", finding.sentence}});
        out.finding(finding.ok, finding.subject + ": " + finding.sentence);
    }
    const bool good = project::all_ok(findings);
    out.event({{"event", good ? "verified" : "refused"}, {"project", file->project_id}});
    out.line(good ? "verified: " + bounded_text(file->name) + ", " + file->project_id
                  : "Not verified: do not rely on this file.");
    return good ? Exit::done : Exit::failed;
}

} // namespace tau::app
