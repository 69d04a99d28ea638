#include "core/flow/opened_folders.h"

#include "core/base/file.h"
#include "core/git/repository.h"
#include "core/project/config.h"

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

namespace tau::flow {

namespace fs = std::filesystem;

namespace {

using nlohmann::json;

constexpr std::size_t longest_list = 1U << 20U;
constexpr std::size_t largest_config = 1U << 20U;
constexpr int patience_ms = 5000;

struct Opened {
    fs::path configuration;
    fs::path code; ///< empty: none
    std::int64_t opened_at = 0;
};

Result<void> check_repository(const fs::path& folder) {
    const auto repository = git::Repository::open(folder);
    if (repository && repository->is_bare()) {
        return fail(ErrorCode::invalid_argument,
                    folder.string() + " is a bare repository: it has no files to edit.",
                    "Clone it, and choose the clone.");
    }
    if (repository || repository.error().code != ErrorCode::not_found) {
        return repository ? Result<void>() : fail(repository.error());
    }
    return fail(ErrorCode::invalid_argument, folder.string() + " is no git repository.",
                "Choose the folder that was cloned, or make it one: git init");
}

fs::path code_beside(const fs::path& configuration) {
    const std::string name = configuration.filename().string();
    std::string code;
    if (name.starts_with("tb_")) {
        code = "tb_code_" + name.substr(3);
    } else if (name == "config" || name == "configuration") {
        code = "code";
    } else {
        return {};
    }
    const fs::path folder = configuration.parent_path() / code;
    return check_repository(folder) ? folder : fs::path();
}

/// What config.yaml says of itself; a broken one is opened to be mended.
LocalProject describe(const Opened& opened) {
    LocalProject project;
    project.configuration = opened.configuration;
    project.code = opened.code;
    project.created_at = opened.opened_at;
    const auto yaml = read_file(opened.configuration / "config.yaml", largest_config);
    if (const auto config = yaml ? project::parse_config(*yaml) : fail(yaml.error())) {
        project.name = config->name;
        project.project_id = config->id;
    }
    if (project.name.empty()) {
        project.name = opened.configuration.filename().string();
    }
    return project;
}

fs::path list_file(const fs::path& data) {
    return data / "opened.json";
}

/// A list that cannot be read is an empty one: what was on it can be opened again.
Result<std::vector<Opened>> read_list(const fs::path& data) {
    const auto text = read_file(list_file(data), longest_list);
    if (!text && text.error().code != ErrorCode::not_found) {
        return fail(text.error());
    }
    std::vector<Opened> list;
    const json all = json::parse(text.value_or("[]"), nullptr, false);
    if (!all.is_array()) {
        return list;
    }
    for (const json& each : all) {
        try {
            list.push_back({each.at("configuration").get<std::string>(),
                            each.at("code").get<std::string>(), each.at("opened_at")});
        } catch (const json::exception&) {
            continue;
        }
    }
    return list;
}

template <typename Change>
Result<void> change_list(const fs::path& data, Change change) {
    if (auto made = make_private_directory(data); !made) {
        return made;
    }
    const auto lock = FileLock::acquire(data / "opened.lock", patience_ms);
    if (!lock) {
        return fail(lock.error());
    }
    auto list = read_list(data);
    if (!list) {
        return fail(list.error());
    }
    change(*list);
    json all = json::array();
    for (const Opened& each : *list) {
        all.push_back({{"configuration", each.configuration.string()},
                       {"code", each.code.string()},
                       {"opened_at", each.opened_at}});
    }
    try {
        return write_file_atomic(list_file(data), all.dump(2) + "\n");
    } catch (const json::exception&) { // it writes UTF-8 only
        return fail(ErrorCode::invalid_argument, "The folder's name is not UTF-8.",
                    "Rename the folder, then open it.");
    }
}

Result<fs::path> whole_path(const fs::path& folder) {
    std::error_code code;
    fs::path whole = fs::canonical(folder, code);
    if (code) {
        return fail(ErrorCode::not_found,
                    "Cannot open " + folder.string() + ": " + code.message() + ".");
    }
    return whole;
}

Result<Opened> look(const fs::path& folder) {
    auto whole = whole_path(folder);
    if (!whole) {
        return fail(whole.error());
    }
    std::error_code code;
    if (!fs::is_regular_file(*whole / "config.yaml", code)) {
        return fail(ErrorCode::not_found,
                    "There is no config.yaml in " + whole->string() +
                        ", so it is no configuration of a project.",
                    "Choose the folder that config.yaml lies in.");
    }
    if (const auto repository = check_repository(*whole); !repository) {
        return fail(repository.error());
    }
    return Opened{*whole, code_beside(*whole), std::time(nullptr)};
}

} // namespace

Result<LocalProject> open_folder(const fs::path& data, const fs::path& folder) {
    auto found = look(folder);
    const auto made_here = found ? list_projects(data) : fail(found.error());
    if (!made_here) {
        return fail(made_here.error());
    }
    std::error_code code;
    for (const LocalProject& each : *made_here) {
        if (!each.configuration.empty() &&
            fs::equivalent(each.configuration, found->configuration, code)) {
            return each;
        }
    }
    const auto listed = change_list(data, [&found](std::vector<Opened>& list) {
        const auto before = std::find_if(list.begin(), list.end(), [&found](const Opened& each) {
            return each.configuration == found->configuration;
        });
        if (before != list.end()) {
            if (!before->code.empty()) { // chosen by the person, perhaps
                found->code = before->code;
            }
            list.erase(before);
        }
        list.push_back(*found);
    });
    return listed ? describe(*found) : Result<LocalProject>(fail(listed.error()));
}

Result<LocalProject> use_code_folder(const fs::path& data, const LocalProject& project,
                                     const fs::path& folder) {
    const auto code = whole_path(folder);
    const auto repository = code ? check_repository(*code) : fail(code.error());
    if (!repository) {
        return fail(repository.error());
    }
    if (*code == project.configuration) {
        return fail(ErrorCode::invalid_argument,
                    "That is the configuration; the code is a repository of its own.",
                    "Choose the other folder.");
    }
    LocalProject now = project;
    now.code = *code;
    const auto listed = change_list(data, [&now](std::vector<Opened>& list) {
        for (Opened& each : list) {
            if (each.configuration == now.configuration) {
                each.code = now.code;
            }
        }
    });
    return listed ? Result<LocalProject>(std::move(now)) : fail(listed.error());
}

Result<void> close_folder(const fs::path& data, const LocalProject& project) {
    return change_list(data, [&project](std::vector<Opened>& list) {
        std::erase_if(list, [&project](const Opened& each) {
            return each.configuration == project.configuration;
        });
    });
}

Result<std::vector<LocalProject>> list_opened(const fs::path& data) {
    auto list = read_list(data);
    if (!list) {
        return fail(list.error());
    }
    std::vector<LocalProject> projects;
    std::reverse(list->begin(), list->end()); // the file has them in the order of opening
    for (Opened& each : *list) {
        std::error_code code;
        if (!fs::is_directory(each.configuration, code)) {
            continue;
        }
        if (!fs::is_directory(each.code, code)) {
            each.code.clear();
        }
        projects.push_back(describe(each));
    }
    return projects;
}

} // namespace tau::flow
