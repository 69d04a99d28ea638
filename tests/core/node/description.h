#pragma once

// resources/vault-node.openapi.json, and a node held against it.

#include "core/base/file.h"
#include "core/node/routes.h"
#include "tests/core/node/fixture.h"

#include <set>

namespace tau::test {

inline const json& description() {
    static const json document = json::parse(
        read_file(std::filesystem::path(TAU_SOURCE_DIR) / "resources/vault-node.openapi.json")
            .value());
    return document;
}

inline const json& resolved(const json& schema) {
    if (!schema.contains("$ref")) {
        return schema;
    }
    return description().at(json::json_pointer(schema["$ref"].get<std::string>().substr(1)));
}

inline bool has_type(const json& value, const std::string& type) {
    return type == "object"    ? value.is_object()
           : type == "array"   ? value.is_array()
           : type == "integer" ? value.is_number_integer()
                               : type == "string" && value.is_string();
}

/// What does not fit, "" when all does: the part of JSON Schema that the description uses.
inline std::string misfit(const json& value, const json& given, const std::string& at) {
    const json& schema = resolved(given);
    if (!has_type(value, schema.at("type"))) {
        return at + " is no " + schema["type"].get<std::string>();
    }
    if (schema.contains("enum")) {
        const auto& choices = schema["enum"];
        if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
            return at + " is " + value.dump();
        }
    }
    if (value.is_array()) {
        if (value.size() < schema.value("minItems", 0U) ||
            value.size() > schema.value("maxItems", 100000U)) {
            return at + " has " + std::to_string(value.size()) + " items";
        }
        for (const json& item : value) {
            if (auto wrong = misfit(item, schema.at("items"), at + "[]"); !wrong.empty()) {
                return wrong;
            }
        }
    }
    if (value.is_object()) {
        for (const json& name : schema.at("required")) {
            if (!value.contains(name.get<std::string>())) {
                return at + " lacks " + name.get<std::string>();
            }
        }
        for (const auto& [name, member] : value.items()) {
            if (!schema.at("properties").contains(name)) {
                return at + " has " + name;
            }
            if (auto wrong = misfit(member, schema["properties"][name], at + "." + name);
                !wrong.empty()) {
                return wrong;
            }
        }
    }
    return "";
}

inline std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

/// Holds answers against the description, and notes which of its statuses were met.
class Reader {
public:
    void check(const std::string& method, const std::string& pattern,
               const node::Response& response) {
        const std::string status = std::to_string(response.status);
        CAPTURE(method);
        CAPTURE(pattern);
        CAPTURE(status);
        CAPTURE(response.body);
        const json& responses = description()["paths"].at(pattern).at(lower(method))["responses"];
        const bool named = responses.contains(status);
        CHECK(named);
        const json& content = responses[named ? status : "default"]["content"];
        if (content.contains("application/json")) {
            CHECK(response.content_type == "application/json");
            CHECK(misfit(json::parse(response.body), content["application/json"]["schema"],
                         "answer") == "");
        } else {
            CHECK(
                content.contains(response.content_type.substr(0, response.content_type.find(';'))));
        }
        met_.insert(method + " " + pattern + " " + status);
    }
    const std::set<std::string>& met() const { return met_; }

private:
    std::set<std::string> met_;
};

inline std::set<std::string> all_statuses() {
    std::set<std::string> all;
    for (const auto& [pattern, methods] : description()["paths"].items()) {
        for (const auto& [method, operation] : methods.items()) {
            for (const auto& [status, ignored] : operation["responses"].items()) {
                std::string upper = method;
                std::transform(upper.begin(), upper.end(), upper.begin(),
                               [](char c) { return static_cast<char>(c - 32); });
                if (status != "default") {
                    all.insert(upper + " " + pattern + " " + status);
                }
            }
        }
    }
    return all;
}

/// Asks for each status of each address once.
class Walk {
public:
    Walk() {
        project.publish(world);
        stranger.emplace(world);
    }
    void unsigned_ones() {
        ask("GET", "/healthz");
        ask("GET", "/metrics");
        ask("GET", "/v1/record");
        reader.check("POST", "/v1/challenges",
                     world.send("POST", "/v1/challenges",
                                json{{"owner_key", to_base64(project.owner.public_key())}}.dump()));
        reader.check("POST", "/v1/challenges", world.send("POST", "/v1/challenges", "{}"));
    }
    void registering() {
        const std::string pattern = "/v1/registrations";
        const auto registration = project.registration(world);
        const std::string body = vault::to_json(registration);
        *world.before_read = [&] { // while it is worked on
            if (busy_.exchange(false)) {
                reader.check("POST", pattern, project.submit(world, registration, key('1')));
                const std::string path = "/v1/registrations/" + id_of(registration);
                reader.check("DELETE", "/v1/registrations/{id}",
                             project.signed_request(world, "DELETE", path));
            }
        };
        reader.check("POST", pattern, project.submit(world, registration, key('1')));
        *world.before_read = nullptr;
        reader.check("POST", pattern, project.submit(world, registration, key('1')));
        reader.check("POST", pattern, project.submit(world, project.registration(world), key('1')));
        reader.check("POST", pattern, world.send("POST", pattern, body));
        id = id_of(registration);
    }
    void living() {
        owned("GET", "", "");
        const std::string rows = R"([{"where":"*","repository":"code","branch":"main"}])";
        owned("PUT", "/deployments", rows);
        const auto put = [&](const std::string& body) {
            signed_by_owner("PUT", "/deployments", body);
        };
        put("{}");
        put(R"([{"where":"*","repository":"code","branch":"none"}])");
        project.renew(world);
        owned("PUT", "/sealed", vault::to_json(project.registration(world)));
        signed_by_owner("PUT", "/sealed", "{}");
        ask("GET", "/v1/registrations/{id}/proofs", "/v1/registrations/" + id + "/proofs");
        ask("GET", "/v1/registrations/{id}/proofs", "/v1/registrations/" + key('0') + "/proofs");
        const std::string version = "/v1/projects/{project_id}/version";
        ask("GET", version, "/v1/projects/" + project_id + "/version?region=eu-west");
        ask("GET", version, "/v1/projects/" + project_id + "/version?x=1");
        ask("GET", version, "/v1/projects/none/version");
    }
    void hooks() {
        deliver("1", "push", "{}");
        deliver("1", "push", "{ }");
        deliver("2", "release", "{}");
        ask("POST", "/v1/hooks/{id}/{role}", "/v1/hooks/" + id + "/code");
        ask("POST", "/v1/hooks/{id}/{role}", "/v1/hooks/" + id + "/site");
    }
    void ending() {
        owned("DELETE", "", "");
        signed_by_owner("PUT", "/deployments", "[]");
        signed_by_owner("PUT", "/sealed", "{}");
    }

    /// All of it, in order.
    void whole() {
        unsigned_ones();
        registering();
        living();
        hooks();
        ending();
        const auto all = all_statuses();
        for (const std::string& one : all) {
            CAPTURE(one);
            CHECK(reader.met().count(one) == 1);
        }
        CHECK(reader.met().size() == all.size());
    }

    World world;
    Project project{world};
    Reader reader;

private:
    std::string id_of(const vault::Registration&) const {
        return *vault::registration_id(world.record().node_id(), project.owner.public_key(),
                                       key('1'));
    }
    void ask(const std::string& method, const std::string& pattern,
             const std::string& target = "") {
        reader.check(method, pattern, world.send(method, target.empty() ? pattern : target));
    }
    void signed_by_owner(const std::string& method, const std::string& end,
                         const std::string& body) {
        const std::string path = "/v1/registrations/" + id + end;
        reader.check(method, "/v1/registrations/{id}" + end,
                     project.signed_request(world, method, path, body));
    }
    /// By nobody, by somebody else, then by the owner.
    void owned(const std::string& method, const std::string& end, const std::string& body) {
        const std::string path = "/v1/registrations/" + id + end;
        const std::string pattern = "/v1/registrations/{id}" + end;
        reader.check(method, pattern, world.send(method, path, body));
        reader.check(method, pattern, stranger->signed_request(world, method, path, body));
        signed_by_owner(method, end, body);
    }
    void deliver(const std::string& delivery, const std::string& event, const std::string& body) {
        const Secret text = project.hooks[1].text(project.bundles[1].webhook.context.nonce);
        reader.check("POST", "/v1/hooks/{id}/{role}",
                     world.send("POST", "/v1/hooks/" + id + "/code", body,
                                {{"X-Hub-Signature-256", keys::sign_webhook(text, body)},
                                 {"X-GitHub-Event", event},
                                 {"X-GitHub-Delivery", delivery}}));
    }
    std::optional<Project> stranger;
    std::string id;
    std::atomic<bool> busy_ = true; ///< both repositories are read at once
};

} // namespace tau::test
