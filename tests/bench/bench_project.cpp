// A project of 10,000 resources: opened, checked, listed, edited and exported, beside what yaml-cpp
// needs to parse, or to emit, the same YAML. One thread on both sides; its processor time counts.
#include "core/project/identifiers.h"
#include "core/project/one_file.h"
#include "core/project/workspace.h"
#include "tests/bench/report.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <malloc.h>
#include <yaml-cpp/yaml.h>

using namespace tau;
using namespace tau::project;

namespace {

constexpr int resources = 10'000;
constexpr int rounds = 5;

/// Each resource has its own, as they have.
std::string id(const std::string& seed) {
    return id_of(ByteView(reinterpret_cast<const std::uint8_t*>(seed.data()), seed.size()));
}

[[noreturn]] void die(const std::string& why) {
    std::fprintf(stderr, "bench_project: %s\n", why.c_str());
    std::exit(2);
}

std::string resource(int kind, const std::string& number) {
    const std::string head =
        "id: " + id(number) + "\ndescription: Number " + number + "\ntags:\n    - bench\n";
    switch (kind) {
    case 0:
        return head + "fqdn: host" + number + ".example.org\ncertificate:\n    type: auto\n";
    case 1:
        return head + "match: /data/" + number +
               "\naccess:\n    network: all\nstorage:\n    size: 30GB\n";
    case 2:
        return head + "local: false\nchannel:\n    regex: false\n    match: channel" + number +
               "\nbridges:\n    mqtt:\n        enable: false\n    websocket:\n        enable: "
               "true\n";
    case 3:
        return head + "domains:\n    - domain0\nsource:\n    paths:\n        - /" + number +
               "\n    branch: main\n    github:\n        id: 537133071\n        fullname: "
               "someone/tb_website_" +
               number + "\n";
    default:
        return head +
               "source: .\ntrigger:\n    type: https\n    method: GET\n    paths:\n"
               "        - /ping" +
               number +
               "\ndomains:\n    - domain0\nexecution:\n    timeout: 10s\n"
               "    memory: 10MB\n    call: ping" +
               number + "\n";
    }
}

git::Files sample() {
    constexpr int applications = 20;
    const std::array groups{"domains/domain", "databases/database", "messaging/channel",
                            "websites/site",  "functions/function", "functions/other",
                            "functions/more"};
    git::Files files;
    files["config.yaml"] = "id: " + id("project") + "\nname: bench\ndescription: Much\n";
    for (int i = 0; i < applications; ++i) {
        files["applications/app" + std::to_string(i) + "/config.yaml"] =
            "id: " + id("application" + std::to_string(i)) + "\ndescription: One\ntags: []\n";
    }
    for (int i = 0; i + applications + 1 < resources; ++i) {
        const auto kind = static_cast<std::size_t>(i) % groups.size();
        const int application = i / 7 % (applications + 1);
        const std::string folder = kind == 0 || application == applications
                                       ? ""
                                       : "applications/app" + std::to_string(application) + "/";
        files[folder + groups[kind] + std::to_string(i) + ".yaml"] =
            resource(static_cast<int>(kind), std::to_string(i));
    }
    return files;
}

Store opened(const git::Files& files) {
    auto store = Store::from(files);
    if (!store) {
        die(store.error().message);
    }
    return std::move(*store);
}

std::size_t parse_all(const git::Files& files) {
    std::size_t keys = 0;
    for (const auto& [path, text] : files) {
        keys += YAML::Load(text).size();
    }
    return keys;
}

std::size_t in_use() {
    return mallinfo2().uordblks;
}

/// Several files edited at once, checked after each of many such edits. Milliseconds for one.
double check_after_edit(const git::Files& files, std::size_t at_once) {
    constexpr int edits = 20;
    Workspace workspace(opened(files));
    if (!workspace.problems().empty()) {
        die("something is wrong with the sample: " + workspace.problems().front().sentence);
    }
    std::vector<std::string> paths;
    for (const auto& [path, text] : files) {
        if (paths.size() < at_once && path.starts_with("functions/")) {
            paths.push_back(path);
        }
    }
    if (paths.size() != at_once) {
        die("there are not so many functions");
    }
    double took = 0;
    for (int i = 0; i < edits; ++i) {
        Edits texts;
        for (const std::string& path : paths) {
            texts[path] = i % 2 == 0 ? files.at(path) + "unknown: 1\n" : files.at(path);
        }
        const double started = bench::thread_cpu_ms();
        if (!workspace.apply({"Edit", std::move(texts), {}})) {
            die("an edit is refused");
        }
        took += bench::thread_cpu_ms() - started;
        if (workspace.problems().size() != (i % 2 == 0 ? at_once : 0U)) {
            die("the check does not see the edit");
        }
    }
    return took / edits;
}

} // namespace

int main(int argc, char** argv) {
    const git::Files files = sample();
    std::size_t text_bytes = 0;
    YAML::Node all;
    for (const auto& [path, text] : files) {
        text_bytes += text.size();
        all[path] = YAML::Load(text);
    }
    std::size_t listed = 0;
    std::size_t parsed = 0;
    std::size_t emitted = 0;
    const auto opening = [&] {
        const Workspace workspace(opened(files));
        listed += workspace.store().resources().size() + workspace.problems().size();
    };
    const Store store = opened(files);
    const auto exporting = [&] {
        const auto text = to_one_file(store);
        if (!text) {
            die(text.error().message);
        }
        emitted += text->size();
    };
    const auto emitting = [&] {
        YAML::Emitter out;
        out.SetIndent(4);
        out << all;
        emitted += out.size();
    };
    const auto open_ms = bench::medians(rounds, {opening, [&] { parsed += parse_all(files); }},
                                        bench::thread_cpu_ms);
    const auto export_ms = bench::medians(rounds, {exporting, emitting}, bench::thread_cpu_ms);
    const std::size_t before = in_use();
    const Workspace held(opened(files)); // what a window keeps: the files, and what was found
    const auto held_bytes = static_cast<double>(in_use() - before);
    if (listed == 0 || parsed == 0 || emitted == 0 ||
        held.store().resources().size() != resources) {
        die("nothing was done");
    }
    const double one_edit = check_after_edit(files, 1);
    constexpr double megabyte = 1e6;
    return bench::report({{"open, check and list 10,000 resources",
                           open_ms[0],
                           "ms",
                           "yaml-cpp, parsing them",
                           open_ms[1],
                           2.5,
                           {}},
                          {"check again after one edit", one_edit, "ms", {}, 0, {}, 20.0},
                          {"the same after a hundred files at once",
                           check_after_edit(files, 100),
                           "ms",
                           "one after the other",
                           100 * one_edit,
                           1.0,
                           {}},
                          {"export 10,000 resources as one YAML file",
                           export_ms[0],
                           "ms",
                           "yaml-cpp, emitting them",
                           export_ms[1],
                           2.0,
                           {}},
                          {"memory of 10,000 open resources",
                           held_bytes / megabyte,
                           "MB",
                           "their text",
                           static_cast<double>(text_bytes) / megabyte,
                           6.0,
                           {}}},
                         argc, argv);
}
