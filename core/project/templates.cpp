#include "core/project/templates.h"

#include "core/base/text.h"
#include "core/project/identifiers.h"
#include "core/project/refactor.h"
#include "core/project/suggest.h"
#include "core/yaml/emit.h"

#include <array>

namespace tau::project {

namespace {

constexpr std::array<LanguageInfo, 3> all_languages{
    {{Language::go, "Go", "taubyte/go-wasi:latest", "Small modules, built with TinyGo."},
     {Language::rust, "Rust", "taubyte/rust-wasi:latest", "Fast modules, built with Cargo."},
     {Language::assembly_script, "AssemblyScript", "taubyte/assembly-script-wasi:latest",
      "Close to TypeScript."}}};

/// Lines of a document, four spaces for each level.
class Lines {
public:
    Lines& key(std::size_t level, std::string_view name, std::string_view text) {
        return raw(level, name, yaml::scalar(text));
    }
    Lines& raw(std::size_t level, std::string_view name, std::string_view value) {
        text_ += std::string(level * 4, ' ') + std::string(name) + ":";
        text_ += value.empty() ? "\n" : " " + std::string(value) + "\n";
        return *this;
    }
    Lines& item(std::size_t level, std::string_view text) {
        text_ += std::string(level * 4, ' ') + "- " + yaml::scalar(text) + "\n";
        return *this;
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

std::string first_domain(const Store& store, const std::string& application) {
    std::string global;
    for (const Resource& each : store.resources()) {
        if (each.kind == KindId::domain && each.application == application) {
            return each.name;
        }
        if (each.kind == KindId::domain && each.application.empty() && global.empty()) {
            global = each.name;
        }
    }
    return global;
}

void add_domains(Lines& out, const std::string& domain) {
    if (domain.empty()) {
        out.raw(0, "domains", "[]");
    } else {
        out.raw(0, "domains", "").item(1, domain);
    }
}

void add_execution(Lines& out, const NewResource& wanted) {
    out.raw(0, "execution", "");
    out.key(1, "timeout", "10s").key(1, "memory", "32MB");
    out.key(1, "call", as_variable_name(wanted.name));
}

void add_repository(Lines& out) {
    out.key(1, "branch", "main").raw(1, "github", "");
    out.raw(2, "id", "\"\"").raw(2, "fullname", "\"\"");
}

void add_own_keys(Lines& out, const Store& store, const NewResource& wanted) {
    const std::string domain = first_domain(store, wanted.application);
    switch (wanted.kind) {
    case KindId::function:
        out.key(0, "source", wanted.language ? "." : "libraries/");
        out.raw(0, "trigger", "").key(1, "type", "https").key(1, "method", "GET");
        out.raw(1, "paths", "").item(2, "/" + wanted.name);
        add_domains(out, domain);
        add_execution(out, wanted);
        break;
    case KindId::smartop:
        out.key(0, "source", wanted.language ? "." : "libraries/");
        add_execution(out, wanted);
        break;
    case KindId::website:
        add_domains(out, domain);
        out.raw(0, "source", "").raw(1, "paths", "").item(2, "/");
        add_repository(out);
        break;
    case KindId::library:
        out.raw(0, "source", "").key(1, "path", "/");
        add_repository(out);
        break;
    case KindId::database:
        out.key(0, "match", "/" + wanted.name).raw(0, "useRegex", "false");
        out.raw(0, "access", "").key(1, "network", "all");
        out.raw(0, "storage", "").key(1, "size", "1GB");
        break;
    case KindId::storage:
        out.key(0, "match", wanted.name).raw(0, "useRegex", "false");
        out.raw(0, "access", "").key(1, "network", "all");
        out.raw(0, "object", "").raw(1, "versioning", "false").key(1, "size", "1GB");
        break;
    case KindId::messaging:
        out.raw(0, "local", "false").raw(0, "channel", "").raw(1, "regex", "false");
        out.key(1, "match", wanted.name).raw(0, "bridges", "");
        out.raw(1, "mqtt", "").raw(2, "enable", "false");
        out.raw(1, "websocket", "").raw(2, "enable", "false");
        break;
    case KindId::domain:
        out.raw(0, "fqdn", "\"\"").raw(0, "certificate", "").key(1, "type", "auto");
        break;
    case KindId::service:
        out.key(0, "protocol", "/" + wanted.name + "/v1");
        break;
    case KindId::project:
    case KindId::application:
        break;
    }
}

std::string go_code(const std::string& call, bool smartop) {
    if (smartop) {
        return "package lib\n\n"
               "// Answers 0 when this node may serve the resource.\n"
               "//\n//export " +
               call + "\nfunc " + call + "(resource uint32) uint32 {\n\treturn 0\n}\n";
    }
    return "package lib\n\n"
           "import \"github.com/taubyte/go-sdk/event\"\n\n"
           "// Called for each request; anything but 0 tells the caller that it failed.\n"
           "//\n//export " +
           call + "\nfunc " + call +
           "(e event.Event) uint32 {\n"
           "\trequest, err := e.HTTP()\n"
           "\tif err != nil {\n\t\treturn 1\n\t}\n"
           "\tif _, err := request.Write([]byte(\"Hello from " +
           call + "\\n\")); err != nil {\n\t\treturn 1\n\t}\n\treturn 0\n}\n";
}

std::string rust_code(const std::string& call, bool smartop) {
    if (smartop) {
        return "/// Answers 0 when this node may serve the resource.\n"
               "#[no_mangle]\npub extern \"C\" fn " +
               call + "(_resource: u32) -> u32 {\n    0\n}\n";
    }
    return "use taubyte_sdk::event::Event;\n\n"
           "/// Called for each request; anything but 0 tells the caller that it failed.\n"
           "#[no_mangle]\npub fn " +
           call +
           "(event: Event) -> u32 {\n"
           "    let Ok(request) = event.http() else {\n        return 1;\n    };\n"
           "    match request.write(b\"Hello from " +
           call + "\\n\") {\n        Ok(_) => 0,\n        Err(_) => 1,\n    }\n}\n";
}

std::string assembly_code(const std::string& call, bool smartop) {
    if (smartop) {
        return "// Answers 0 when this node may serve the resource.\n"
               "export function " +
               call + "(resource: u32): u32 {\n  return 0;\n}\n";
    }
    return "import { Event } from \"sdk/event\";\n\n"
           "// Called for each event; anything but 0 tells the caller that it failed.\n"
           "export function " +
           call + "(event: Event): u32 {\n  return 0;\n}\n";
}

const LanguageInfo& info(Language language) {
    return all_languages[static_cast<std::size_t>(language)];
}

} // namespace

std::span<const LanguageInfo> languages() {
    return all_languages;
}

git::Files code_template(const Resource& resource, Language language) {
    const std::string folder = code_folder(resource) + "/";
    const std::string call = as_variable_name(resource.name);
    const bool smartop = resource.kind == KindId::smartop;
    git::Files files;
    files[folder + ".taubyte/config.yaml"] =
        "version: 1.00\nenvironment:\n    image: " + std::string(info(language).image) +
        "\n    variables:\nworkflow:\n    - build\n";
    files[folder + ".taubyte/build.sh"] = "#!/bin/bash\n\n"
                                          "# The image brings the steps of its language.\n"
                                          ". /utils/wasm.sh\n\n"
                                          "build \"${FILENAME}\"\n"
                                          "code=$?\n"
                                          "echo -n $code > /out/ret-code\n"
                                          "exit $code\n";
    switch (language) {
    case Language::go:
        files[folder + "go.mod"] =
            smartop ? "module smartop\n\ngo 1.19\n"
                    : "module function\n\ngo 1.19\n\nrequire github.com/taubyte/go-sdk v0.3.9\n";
        // Not the resource's name: to Go "login_test" and "sync_windows" say when to leave it out.
        files[folder + "lib.go"] = go_code(call, smartop);
        break;
    case Language::rust:
        files[folder + "Cargo.toml"] =
            "[package]\nname = \"" + to_lower_ascii(call) +
            "\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n"
            "path = \"lib.rs\"\n" +
            (smartop ? ""
                     : "\n[dependencies]\ntaubyte-sdk = { git = "
                       "\"https://github.com/taubyte/rust-sdk\" }\n");
        files[folder + "lib.rs"] = rust_code(call, smartop);
        break;
    case Language::assembly_script:
        files[folder + resource.name + ".ts"] = assembly_code(call, smartop);
        break;
    }
    return files;
}

Result<Plan> plan_new(const Store& store, const NewResource& wanted, Entropy& entropy,
                      std::int64_t unix_seconds) {
    if (wanted.kind == KindId::project) {
        return fail(ErrorCode::invalid_argument, "A project is not made inside of another.");
    }
    if (!is_utf8(wanted.description)) {
        return fail(ErrorCode::invalid_argument, "The description is no text.");
    }
    const Resource place{wanted.kind,
                         wanted.kind == KindId::application ? wanted.name : wanted.application,
                         wanted.name};
    const auto checked =
        check_place(store, place).and_then([&] { return check_shadow(store, place); });
    if (!checked) {
        return fail(checked.error());
    }
    Lines out;
    out.key(0, "id", new_resource_id(project_id_of(store), wanted.name, entropy, unix_seconds));
    out.raw(0, "description",
            wanted.description.empty() ? "\"\"" : yaml::scalar(wanted.description));
    out.raw(0, "tags", "[]");
    add_own_keys(out, store, wanted);
    Plan plan;
    plan.label = "Add " + std::string(kind(wanted.kind).name) + " " + wanted.name;
    plan.edits[place.path()] = out.take();
    const bool has_code = wanted.kind == KindId::function || wanted.kind == KindId::smartop;
    if (has_code && wanted.language) {
        plan.code_comes_to = code_folder(place);
    }
    if (wanted.has_code && !plan.code_comes_to.empty()) {
        plan.notes.push_back("The code that is in " + plan.code_comes_to + " already stays.");
    } else if (!plan.code_comes_to.empty()) {
        for (auto& [path, text] : code_template(place, *wanted.language)) {
            plan.code[path] = std::move(text);
        }
    }
    return plan;
}

} // namespace tau::project
