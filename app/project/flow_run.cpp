#include "app/project/flow_run.h"

#include "app/project/commands.h"
#include "app/project/stop_signal.h"
#include "core/flow/living_project.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tau::app {

namespace {

nlohmann::json steps_of(const flow::Flow& flow) {
    nlohmann::json steps = nlohmann::json::array();
    for (const flow::StepView& step : flow.steps()) {
        steps.push_back({{"id", step.id}, {"sentence", step.sentence}});
    }
    return steps;
}

/// Told after a flow ended on an error: what it was, and the two ways on.
Exit unfinished(const Terminal& out, const CommandLine& line, const flow::Flow& flow,
                const Error& error, bool stopped) {
    out.error(error);
    out.event({{"event", "unfinished"}, {"id", flow.id()}, {"cancelled", stopped}});
    out.line("");
    out.line("Go on:    tau-project resume " + flow.id() + same_options(line));
    if (flow.can_undo()) {
        out.line("Undo all: tau-project undo " + flow.id() + same_options(line));
    }
    return stopped ? Exit::cancelled : Exit::failed;
}

std::optional<flow::LocalProject> project_of(const Session& session, const flow::Flow& flow) {
    const auto projects = flow::list_projects(session.data());
    const auto found = projects ? std::find_if(projects->begin(), projects->end(),
                                               [&](const flow::LocalProject& one) {
                                                   return one.project_id == flow.project_id();
                                               })
                                : std::vector<flow::LocalProject>::const_iterator{};
    return projects && found != projects->end() ? std::optional(*found) : std::nullopt;
}

void tell_done(const Terminal& out, const CommandLine& line, const Session& session,
               const flow::Flow& flow) {
    const auto project = project_of(session, flow);
    const std::string file = project ? project->export_file.string() : "";
    out.event({{"event", flow.kind() == "create" ? "registered" : "changed"},
               {"kind", std::string(flow.kind())},
               {"id", flow.id()},
               {"project", flow.project_id()},
               {"file", file}});
    out.line("");
    out.line(flow.kind() == "create" && project
                 ? "registered: " + project->name + ", " + project->project_id
                 : "done: " + flow.title());
    if (project) {
        out.line("");
        out.line("Check it:   tau-project verify " + file);
        out.line("Look at it: tau-project status " + project->project_id + same_options(line));
    }
}

void tell_undone(const Terminal& out, const flow::Flow& flow) {
    nlohmann::json stays = nlohmann::json::array();
    for (const flow::StepView& step : flow.steps()) {
        if (!step.stays.empty()) {
            stays.push_back(step.stays);
        }
    }
    out.event({{"event", "undone"}, {"id", flow.id()}, {"stays", stays}});
    out.line(stays.empty() ? "Nothing is left of it." : "All of it is gone but for this:");
    for (const auto& sentence : stays) {
        out.line("  " + sentence.get<std::string>());
    }
}

/// The flow that the command line names, finished or not, opened in its own world.
Result<std::unique_ptr<flow::Flow>> open_flow(const CommandLine& line, Session& session) {
    session.crash_at(line.text(QStringLiteral("crash-at")));
    const std::string id = line.positional(0);
    auto origin = flow::read_origin(session.data(), id);
    if (!origin) {
        return fail(origin.error());
    }
    auto world = session.world(origin->network, origin->git_host);
    return world ? flow::open_flow(id, **world) : fail(world.error());
}

void add_flow_options(CommandLine& line) {
    line.argument(QStringLiteral("ID"), QStringLiteral("As tau-project list shows it."));
    line.hidden_option(QStringLiteral("crash-at"), QStringLiteral("POINT"));
}

} // namespace

/// Where the secrets were opened must be named again in the commands that we suggest.
std::string same_options(const CommandLine& line) {
    std::string text;
    for (const char* name : {"data", "passphrase-file"}) {
        const QString option = QString::fromUtf8(name);
        if (line.has(option)) {
            text += std::string(" --") + name + " " + line.text(option);
        }
    }
    return text;
}

void show_plan(const Terminal& out, const flow::Flow& flow) {
    out.event({{"event", "plan"}, {"title", flow.title()}, {"steps", steps_of(flow)}});
    out.line(flow.title() + ", without doing it:");
    for (const flow::StepView& step : flow.steps()) {
        out.line("  " + step.sentence);
    }
}

Exit run_flow(Terminal& out, const CommandLine& line, Session& session, flow::Flow& flow) {
    out.event(
        {{"event", "plan"}, {"id", flow.id()}, {"title", flow.title()}, {"steps", steps_of(flow)}});
    out.line(flow.title() + " (" + flow.id() + ")");
    StopSignal signal;
    const auto done = flow.run(signal.token(), out.steps());
    if (!done) {
        return unfinished(out, line, flow, done.error(), signal.stopped());
    }
    tell_done(out, line, session, flow);
    return Exit::done;
}

Exit resume_command(const QStringList& arguments) {
    CommandLine line(arguments, QStringLiteral("resume"),
                     QStringLiteral("Goes on with a change from its first step that is not done."));
    add_flow_options(line);
    if (const auto exit = line.parse()) {
        return *exit;
    }
    Terminal out(line.json());
    Session session(line);
    auto flow = open_flow(line, session);
    if (!flow) {
        out.error(flow.error());
        return Exit::failed;
    }
    return run_flow(out, line, session, **flow);
}

Exit undo_command(const QStringList& arguments) {
    const QString command = QStringLiteral("undo");
    CommandLine line(arguments, command,
                     QStringLiteral("Takes back, newest first, everything that a change made, "
                                    "finished or not."));
    add_flow_options(line);
    line.option(QStringLiteral("yes"), QStringLiteral("Do not ask."));
    if (const auto exit = line.parse()) {
        return *exit;
    }
    Terminal out(line.json());
    Session session(line);
    auto flow = open_flow(line, session);
    if (!flow) {
        out.error(flow.error());
        return Exit::failed;
    }
    if (const auto allowed = (*flow)->can_undo(); !allowed) {
        Error error = allowed.error();
        if ((*flow)->state() != flow::FlowState::done) {
            error.hint = "Let it run to its end: tau-project resume " + (*flow)->id();
        }
        out.error(error);
        return Exit::failed;
    }
    out.line("This takes back:");
    for (const std::string& sentence : (*flow)->undo_list()) {
        out.line("  " + sentence);
    }
    if (!line.has(QStringLiteral("yes")) && !confirmed("Take all of this back?")) {
        return usage_error(command,
                           "Nothing was taken back. Say --yes to do it without a question.");
    }
    StopSignal signal;
    const auto done = (*flow)->undo(signal.token(), out.steps());
    if (!done) {
        out.error(done.error());
        out.line("");
        out.line("Go on: tau-project undo " + (*flow)->id() + same_options(line));
        return signal.stopped() ? Exit::cancelled : Exit::failed;
    }
    tell_undone(out, **flow);
    return Exit::done;
}

Exit forget_command(const QStringList& arguments) {
    CommandLine line(arguments, QStringLiteral("forget"),
                     QStringLiteral("Drops the record of a change. What it made stays, and can "
                                    "then only be removed by hand."),
                     {CommandLine::Output::events, CommandLine::Needs::data});
    line.argument(QStringLiteral("ID"), QStringLiteral("As tau-project list shows it."));
    if (const auto exit = line.parse()) {
        return *exit;
    }
    const Terminal out(line.json());
    if (const auto done = flow::forget(line.data(), line.positional(0)); !done) {
        out.error(done.error());
        return Exit::failed;
    }
    out.event({{"event", "forgotten"}, {"id", line.positional(0)}});
    out.line("The record of " + line.positional(0) + " is gone.");
    return Exit::done;
}

} // namespace tau::app
