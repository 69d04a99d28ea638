#include "core/base/file.h"
#include "core/base/text.h"
#include "core/flow/change.h"
#include "core/flow/plan_record.h"
#include "core/flow/runner.h"

#include <algorithm>
#include <charconv>

namespace tau::flow {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_file = 2U << 20U;

Error no_such_flow(const std::string& id) {
    return Error{ErrorCode::not_found,
                 "There is no creation named \"" + bounded_text(id, 100) + "\" here.",
                 "List the unfinished ones with: tau-project list",
                 {}};
}

std::vector<fs::path> folders_in(const fs::path& parent) {
    std::vector<fs::path> found;
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(parent, code)) {
        if (entry.is_directory(code) && !entry.is_symlink(code)) {
            found.push_back(entry.path());
        }
    }
    return found;
}

/// What the journal's marks say of one creation; nullopt when it is done, undone or never began.
std::optional<Unfinished> look_at(const fs::path& folder) {
    Unfinished flow;
    flow.id = folder.filename().string();
    auto entries = Journal::read(folder / "journal");
    if (!entries) {
        if (entries.error().code == ErrorCode::not_found) {
            return std::nullopt; // stopped before its first record: nothing was made
        }
        flow.title = "Damaged record " + flow.id;
        flow.last_error = entries.error().message;
        return flow;
    }
    if (entries->empty()) {
        return std::nullopt;
    }
    flow.title = fact(entries->front().facts, "title");
    flow.started_at = entries->front().time;
    flow.project_id = fact(entries->front().facts, "project_id");
    std::map<std::string, bool> done;
    bool closed = false;
    for (const Entry& entry : *entries) {
        closed = entry.kind == Kind::closed;
        if (entry.kind == Kind::outcome || entry.kind == Kind::undone) {
            done[entry.step] = entry.kind == Kind::outcome;
        } else if (entry.kind == Kind::failed) {
            flow.last_error = fact(entry.facts, "message");
        }
    }
    if (closed) {
        return std::nullopt;
    }
    flow.steps_done = static_cast<std::size_t>(
        std::count_if(done.begin(), done.end(), [](const auto& step) { return step.second; }));
    const std::string steps = fact(entries->front().facts, "steps");
    std::from_chars(steps.data(), steps.data() + steps.size(), flow.steps_total);
    return flow;
}

} // namespace

Result<std::vector<Unfinished>> list_unfinished(const fs::path& data) {
    std::vector<Unfinished> flows;
    for (const fs::path& folder : folders_in(flows_folder(data))) {
        if (auto flow = look_at(folder)) {
            flows.push_back(std::move(*flow));
        }
    }
    std::sort(flows.begin(), flows.end(), [](const Unfinished& a, const Unfinished& b) {
        return a.started_at != b.started_at ? a.started_at > b.started_at : a.id < b.id;
    });
    return flows;
}

Result<std::optional<LastChange>> last_change(const fs::path& data, const std::string& project_id) {
    std::optional<LastChange> last;
    fs::file_time_type newest;
    for (const fs::path& folder : folders_in(flows_folder(data))) {
        const auto entries = Journal::read(folder / "journal");
        if (!entries || entries->empty() || entries->back().kind != Kind::closed ||
            fact(entries->back().facts, "state") != "done" ||
            fact(entries->front().facts, "project_id") != project_id) {
            continue;
        }
        // Two changes may end within a second of each other; the file's own time is finer.
        std::error_code code;
        const auto time = fs::last_write_time(folder / "journal", code);
        if (code || (last && time < newest)) {
            continue;
        }
        newest = time;
        const Facts& plan = entries->front().facts;
        const std::string kind = plan.count("kind") == 0 ? "create" : fact(plan, "kind");
        last = LastChange{
            folder.filename().string(), fact(plan, "title"), kind, entries->back().time,
            kind == to_string(ChangeKind::create) || kind == to_string(ChangeKind::rotate)};
    }
    return last;
}

Result<FlowOrigin> read_origin(const fs::path& data, const std::string& id) {
    if (!is_flow_id(id)) {
        return fail(no_such_flow(id));
    }
    const fs::path folder = flows_folder(data) / id;
    auto entries = Journal::read(folder / "journal");
    if (!entries && entries.error().code == ErrorCode::corrupt) {
        // This is the first door of whoever wants to go on with it: put it aside.
        const SystemClock clock;
        auto opened = Journal::open(folder / "journal", clock, {});
        return fail(opened ? entries.error() : opened.error());
    }
    if (!entries) {
        return entries.error().code == ErrorCode::not_found ? fail(no_such_flow(id))
                                                            : fail(entries.error());
    }
    auto yaml = read_file(folder / "network.yaml", max_file);
    if (!yaml || entries->empty()) {
        return fail(no_such_flow(id));
    }
    const Facts& plan = entries->front().facts;
    std::int64_t planned_at = 0;
    const std::string time = fact(plan, "planned_at");
    std::from_chars(time.data(), time.data() + time.size(), planned_at);
    // As of then: records live for days, an unfinished creation may wait for longer.
    auto network = vault::parse_network(*yaml, planned_at);
    if (!network) {
        return fail(network.error());
    }
    return FlowOrigin{std::move(*network), fact(plan, "git_host")};
}

Result<FlowOrigin> project_origin(const fs::path& data, const std::string& project_id) {
    std::int64_t newest = 0;
    std::string id;
    for (const fs::path& folder : folders_in(flows_folder(data))) {
        const auto entries = Journal::read(folder / "journal");
        if (entries && !entries->empty() && entries->front().time >= newest &&
            fact(entries->front().facts, "project_id") == project_id) {
            newest = entries->front().time;
            id = folder.filename().string();
        }
    }
    if (id.empty()) {
        return fail(ErrorCode::not_found,
                    "It is not known here which network and git host the project belongs to.",
                    "Name the network's file with --network.");
    }
    return read_origin(data, id);
}

Result<void> forget(const fs::path& data, const std::string& id) {
    const fs::path folder = flows_folder(data) / id;
    std::error_code code;
    if (!is_flow_id(id) || !fs::is_directory(folder, code)) {
        return fail(no_such_flow(id));
    }
    auto lock = FileLock::acquire(folder / "lock", 0);
    if (!lock) {
        return fail(ErrorCode::unavailable, "Another window or program works on this creation.",
                    "Wait until it is done, then try again.");
    }
    fs::remove_all(folder, code);
    if (code) {
        return fail(ErrorCode::io,
                    "Cannot remove " + folder.string() + ": " + code.message() + ".");
    }
    return {};
}

Result<std::vector<LocalProject>> list_projects(const fs::path& data) {
    std::vector<LocalProject> projects;
    for (const fs::path& folder : folders_in(projects_folder(data))) {
        LocalProject project;
        project.export_file = folder / "project.yaml";
        const auto file = load_export(project);
        if (!file) {
            continue; // a creation that is not done yet
        }
        project.project_id = file->project_id;
        project.name = file->name;
        project.created_at = file->created_at;
        std::error_code code;
        for (const auto role : {vault::Role::configuration, vault::Role::code}) {
            const fs::path clone = folder / vault::to_string(role);
            if (fs::is_directory(clone, code)) {
                (role == vault::Role::configuration ? project.configuration : project.code) = clone;
            }
        }
        projects.push_back(std::move(project));
    }
    std::sort(projects.begin(), projects.end(), [](const LocalProject& a, const LocalProject& b) {
        return a.created_at != b.created_at ? a.created_at > b.created_at : a.name < b.name;
    });
    return projects;
}

Result<project::Export> load_export(const LocalProject& project) {
    auto yaml = read_file(project.export_file, max_file);
    return yaml ? project::parse_export(*yaml) : Result<project::Export>(fail(yaml.error()));
}

Result<LocalProject> import_export(const fs::path& data, std::string_view yaml) {
    auto file = project::parse_export(yaml);
    if (!file) {
        return fail(file.error());
    }
    for (const project::Finding& finding : project::verify(*file)) {
        if (!finding.ok) {
            return fail(ErrorCode::untrusted,
                        "The project file does not hold: " + finding.subject + ": " +
                            finding.sentence,
                        "Ask for the file again.");
        }
    }
    const fs::path folder = projects_folder(data) / file->project_id;
    std::error_code code;
    if (fs::exists(folder / "project.yaml", code)) {
        return fail(ErrorCode::already_exists, "The project " + file->name + " is here already.",
                    "Open it, or remove it first to take in this file of it: tau-project remove " +
                        file->name);
    }
    for (const fs::path& path : {data, projects_folder(data), folder}) {
        if (auto made = make_private_directory(path); !made) {
            return fail(made.error());
        }
    }
    LocalProject project;
    project.project_id = file->project_id;
    project.name = file->name;
    project.created_at = file->created_at;
    project.export_file = folder / "project.yaml";
    if (auto kept = write_file_atomic(project.export_file, yaml); !kept) {
        return fail(kept.error());
    }
    return project;
}

} // namespace tau::flow
