// The command line and the configuration file of tau-vaultd.
#include "app/vaultd/config_file.h"
#include "core/base/file.h"
#include "core/yaml/document.h"
#include "tests/support/temporary_directory.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <set>
#include <sstream>

using namespace tau;
using vaultd::parse_options;

namespace {

const std::vector<std::string> enough{"--data", "/x", "--listen", "127.0.0.1:0",
                                      "--name", "n",  "--region", "local"};

Result<vaultd::Options> with(std::initializer_list<std::string> more) {
    std::vector<std::string> all = enough;
    all.insert(all.end(), more);
    return parse_options(all);
}

std::string sample() {
    return read_file(std::filesystem::path(TAU_SOURCE_DIR) / "packaging/tau-vaultd.yaml").value();
}

/// Takes any text.
bool is_free(std::string_view key) {
    return key == "data" || key == "store" || key == "barrier_key" || key == "tls.certificate" ||
           key == "tls.key";
}

/// "limits.header" and so on, each with its value, as a file has them.
void collect(const yaml::Node& node, const std::string& prefix,
             std::map<std::string, std::string>& found) {
    for (std::size_t i = 0; i < node.size(); ++i) {
        const std::string name = prefix + std::string(node.key(i).text());
        if (node.value(i).is_map()) {
            collect(node.value(i), name + ".", found);
        } else {
            found[name] = std::string(node.value(i).text());
        }
    }
}

} // namespace

TEST_CASE("the command line is taken strictly") {
    const auto options = parse_options(enough);
    REQUIRE(options);
    CHECK(options->limits.per_address == 64);
    CHECK(options->settings.owner_per_minute == 30);
    const auto placed = with({"--lat", "-47.375", "--lon", "8.54", "--slots", "120",
                              "--per-address", "8", "--allow-local-repositories"});
    REQUIRE(placed);
    CHECK(placed->settings.latitude == -4738);
    CHECK(placed->settings.longitude == 854);
    CHECK(placed->settings.slots_per_hour == 120);
    CHECK(placed->limits.per_address == 8);
    CHECK(placed->settings.allow_local_repositories);
    for (const char* listen : {"0.0.0.0:80", "192.168.1.1:80", "localhost:80", "127.0.0.1",
                               "127.0.0.1:", ":80", "127.0.0.1:65536", "127.0.0.1:-1",
                               "localhost:80", "[::]:80", "128.0.0.1:80", "127.0.0.1:80x"}) {
        CAPTURE(std::string(listen));
        CHECK_FALSE(with({"--listen", listen}));
    }
    CHECK(with({"--listen", "[::1]:80"}));
    CHECK_FALSE(with({"--tls-certificate", "/c"}));
    CHECK_FALSE(with({"--tls-key", "/c"}));
    CHECK(with({"--tls-certificate", "/c", "--tls-key", "/k", "--listen", "192.0.2.1:443"}));
    CHECK_FALSE(with({"--tls-certificate", "/c", "--tls-key", "/k", "--listen", "0.0.0.0:443"}));
    CHECK_FALSE(with({"--tls-certificate", "/c", "--tls-key", "/k", "--listen", "[::]:443"}));
    CHECK(with({"--tls-certificate", "/c", "--tls-key", "/k", "--listen", "[::]:443", "--endpoint",
                "https://vault.example.org"}));
    CHECK_FALSE(with({"--endpoint", "http://vault.example.org"}));
    CHECK(with({"--endpoint", "http://127.0.0.1:9"}));
    CHECK(with({"--endpoint", "http://[::1]:9"}));
    CHECK(with({"--endpoint", "https://vault.example.org", "--proxy", "127.0.0.1"}));
    for (const char* endpoint : {"vault.example.org", "https://", "https://a/b", "https://a?b",
                                 "ftp://a", "https://a b", "https://me@a"}) {
        CAPTURE(std::string(endpoint));
        CHECK_FALSE(with({"--endpoint", endpoint}));
    }
    CHECK_FALSE(with({"--proxy", "localhost"}));
    CHECK_FALSE(with({"--log-level", "loud"}));
    CHECK(with({"--log-level", "error"})->log.level == LogLevel::error);
    CHECK_FALSE(with({"--lat", "91"}));
    CHECK_FALSE(with({"--lat", "nan"}));
    CHECK_FALSE(with({"--lon", "x"}));
    CHECK_FALSE(with({"--slots", "65536"}));
    CHECK_FALSE(with({"--region", "atlantis"}));
    CHECK_FALSE(with({"--name", ""}));
    CHECK_FALSE(with({"--verbose", "1"}));
    CHECK_FALSE(with({"--slots"}));
    CHECK_FALSE(with({""}));
    CHECK_FALSE(parse_options({}));
    std::istringstream help(vaultd::help_text());
    for (std::string line; std::getline(help, line);) {
        CAPTURE(line);
        CHECK(line.size() < 80);
        CHECK_FALSE(line.ends_with(' '));
    }
    CHECK(parse_options({"--help"})->help);
    CHECK_FALSE(parse_options({"--help"})->version);
    CHECK(parse_options({"--version"})->version);
}

TEST_CASE("the settings' standard values are those of the code") {
    const vaultd::Options standard = vaultd::standard_options();
    CHECK(standard.limits == vaultd::Limits{});
    CHECK(standard.log == vaultd::LogSettings{});
    CHECK(standard.pinned);
    CHECK(standard.settings.ref_poll == node::Settings{}.ref_poll);
    CHECK_FALSE(standard.settings.allow_local_repositories);
    CHECK(standard.settings.history_megabytes == node::Settings{}.history_megabytes);
    std::set<std::string_view> names;
    for (const vaultd::Setting& setting : vaultd::settings()) {
        CAPTURE(std::string(setting.name()));
        CHECK(names.insert(setting.name()).second);
        CHECK(setting.help.size() > 10);
        CHECK((setting.option.empty() ||
               vaultd::help_text().find(setting.option) != std::string::npos));
        vaultd::Options options;
        CHECK((setting.standard.empty() ||
               setting.set(options, "x", std::string(setting.standard)).has_value()));
        CHECK(setting.set(options, "x", "\x01").has_value() == is_free(setting.key));
    }
}

TEST_CASE("the sample explains every setting, at its standard value, and no other") {
    const auto document = yaml::Document::parse(sample());
    REQUIRE(document);
    std::map<std::string, std::string> found;
    collect(*document->root(), "", found);
    // By default it goes where the data goes, which no value in the sample would.
    CHECK_FALSE(found.contains("store"));
    REQUIRE(sample().find("\n#store: ") != std::string::npos);
    found["store"] = "";
    for (const vaultd::Setting& setting : vaultd::settings()) {
        if (setting.key.empty()) {
            continue;
        }
        CAPTURE(std::string(setting.key));
        const auto entry = found.find(std::string(setting.key));
        REQUIRE(entry != found.end());
        CHECK((setting.standard.empty() || entry->second == setting.standard));
        CHECK((!entry->second.empty() || setting.standard.empty()));
        found.erase(entry);
    }
    CHECK(found.empty());
    vaultd::Options options = vaultd::standard_options();
    CHECK(vaultd::apply_config(options, sample()).empty());
    CHECK(options.limits == vaultd::Limits{});
}

TEST_CASE("every mistake in a file is told with its place") {
    struct Row {
        const char* text;
        std::vector<std::string> problems;
    };
    const std::vector<Row> table{
        {"", {}},
        {"# nothing\n", {}},
        {"limits:\n", {}},
        {"name: shop\nlimits:\n  idle: 5 min\n", {}},
        {"nam: shop\n", {"1:1: There is no setting \"nam\"."}},
        {"limits:\n  idel: 5 s\n  per_address: many\n",
         {"2:3: There is no setting \"limits.idel\".",
          "3:16: limits.per_address must be a number from 1 to 65535, not \"many\"."}},
        {"limits:\n  idle: 5\n",
         {"2:9: limits.idle must be a time from 100 ms to 3600 s, like \"10 s\" or \"15 min\", "
          "not \"5\"."}},
        {"limits: 5\n", {"1:9: limits is a group of settings."}},
        {"limits: [a]\n", {"1:9: limits is a group of settings."}},
        {"name: [a]\n", {"1:7: name takes one plain value."}},
        {"name: {a: b}\n", {"1:7: name takes one plain value."}},
        {"name: !secret a\n", {"1:15: name takes one plain value."}},
        {"name: &a b\nregion: *a\n",
         {"1:10: name takes one plain value.", "2:9: region takes one plain value."}},
        {"name.x: a\n", {"1:1: There is no setting \"name.x\"."}},
        {"? [a]\n: b\n", {"1:3: There is no setting \"\"."}},
        {"- a\n", {"1:1: The file must be a list of settings, each with its value."}},
        {"repositories:\n  allow_local: yes\n",
         {"2:16: repositories.allow_local must be true or false, not \"yes\"."}},
    };
    for (const Row& row : table) {
        CAPTURE(std::string(row.text));
        vaultd::Options options = vaultd::standard_options();
        CHECK(vaultd::apply_config(options, row.text) == row.problems);
    }
    for (const char* text : {"a: b: c\n", "name: a\nname: b\n", "a: \"b\n", "name: a\n---\nb: c\n",
                             "name: \xff\n", "\t- a"}) {
        CAPTURE(std::string(text));
        vaultd::Options options;
        const auto problems = vaultd::apply_config(options, text);
        REQUIRE(problems.size() == 1);
        CHECK(std::isdigit(static_cast<unsigned char>(problems[0].front())) != 0);
        CHECK(problems[0].find("Line ") == std::string::npos);
    }
}

TEST_CASE("the command line wins over the file, and all mistakes are told at once") {
    const test::TemporaryDirectory folder;
    const auto file = folder.path() / "node.yaml";
    REQUIRE(write_file_atomic(file, std::string_view("name: filed\nslots: 7\n"
                                                     "limits: {per_address: 9}\n")));
    const std::string path = file.string();
    const auto options = parse_options({"--slots", "8", "--config", path, "--data", "/x",
                                        "--listen", "127.0.0.1:0", "--region", "local"});
    REQUIRE(options);
    CHECK(options->settings.name == "filed");
    CHECK(options->settings.slots_per_hour == 8);
    CHECK(options->limits.per_address == 9);
    REQUIRE(write_file_atomic(file, std::string_view("nam: filed\nslots: -1\n")));
    const auto bad = parse_options({"--config", path, "--lat", "x", "--listen"});
    REQUIRE_FALSE(bad);
    CHECK(bad.error().message == "--listen needs a value.\n" + path +
                                     ":1:1: There is no setting \"nam\".\n" + path +
                                     ":2:8: slots must be a number from 0 to 65535, not \"-1\".\n"
                                     "--lat must be degrees from -90 to 90, not \"x\".");
    const auto bare = parse_options({"--config", path + "x"});
    REQUIRE_FALSE(bare);
    REQUIRE(write_file_atomic(file, std::string_view("slots: 1\n")));
    const auto few = parse_options({"--config", path});
    REQUIRE_FALSE(few);
    CHECK(few.error().message.starts_with("data is needed, in the file or as --data.\nlisten "));
}

TEST_CASE("what a running node cannot change is named") {
    const auto before = with({"--slots", "1"});
    const auto after = with({"--slots", "2", "--listen", "127.0.0.1:9", "--owner-per-minute", "1",
                             "--per-address", "5"});
    REQUIRE(before);
    REQUIRE(after);
    CHECK(vaultd::needing_restart(*before, *after) ==
          std::vector<std::string_view>{"listen", "limits.owner_per_minute"});
    CHECK(vaultd::needing_restart(*before, *before).empty());
}

TEST_CASE("a database's address is PostgreSQL's, however it is written, and never told back") {
    const auto store = [](const std::string& value) {
        const auto options = with({"--store", value});
        return options ? options->settings.store : options.error().message;
    };
    CHECK(store("POSTGRESQL://me@127.0.0.1/Db") == "postgresql://me@127.0.0.1/Db");
    CHECK(store("Postgres:///x") == "postgres:///x");
    CHECK(store("some/node.db") == "some/node.db");
    for (const std::string value :
         {"mysql://u:sekret@db/x", "postgresqlx://u:sekret@db/x", "://sekret"}) {
        CAPTURE(value);
        CHECK(store(value).starts_with("--store must be a file or postgresql://"));
        CHECK(store(value).find("sekret") == std::string::npos);
    }
    CHECK(store(std::string("postgresql://u:sekret@h/\0", 25)).find("sekret") == std::string::npos);
}

TEST_CASE("the host alone of an endpoint") {
    CHECK(vaultd::host_of("https://vault.example.org") == "vault.example.org");
    CHECK(vaultd::host_of("https://vault.example.org:8300") == "vault.example.org");
    CHECK(vaultd::host_of("https://[2001:db8::1]:8300") == "2001:db8::1");
}

TEST_CASE(
    "a node without an endpoint answers under its address, also when clients leave the port out") {
    const auto hosts = [](const std::string& host, std::uint16_t port, bool tls) {
        return vaultd::hosts_of(vaultd::Listener{host, port}, tls);
    };
    using Hosts = std::vector<std::string>;
    CHECK(hosts("127.0.0.2", 443, true) ==
          Hosts{"localhost:443", "localhost", "127.0.0.2:443", "127.0.0.2"});
    CHECK(hosts("::1", 80, false) == Hosts{"localhost:80", "localhost", "[::1]:80", "[::1]"});
    CHECK(hosts("127.0.0.2", 80, true) == Hosts{"localhost:80", "127.0.0.2:80"});
    CHECK(hosts("127.0.0.1", 443, false) == Hosts{"localhost:443", "127.0.0.1:443"});
    CHECK(hosts("0.0.0.0", 8300, true) == Hosts{"localhost:8300", "127.0.0.1:8300"});
    CHECK(hosts("::", 8300, true) == Hosts{"localhost:8300", "127.0.0.1:8300", "[::1]:8300"});
}

TEST_CASE("a request's Host is the endpoint with its standard port or without") {
    const std::vector<std::pair<std::string, std::vector<std::string>>> table{
        {"https://vault.example.org", {"vault.example.org", "vault.example.org:443"}},
        {"https://vault.example.org:443", {"vault.example.org:443", "vault.example.org"}},
        {"https://vault.example.org:8443", {"vault.example.org:8443"}},
        {"https://vault.example.org:80", {"vault.example.org:80"}},
        {"http://127.0.0.1:80", {"127.0.0.1:80", "127.0.0.1"}},
        {"http://[::1]", {"[::1]", "[::1]:80"}},
        {"http://[::1]:80", {"[::1]:80", "[::1]"}},
    };
    for (const auto& [endpoint, hosts] : table) {
        CAPTURE(endpoint);
        CHECK(vaultd::hosts_of(endpoint) == hosts);
    }
}
